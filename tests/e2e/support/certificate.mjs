// Self-signed certificates, made by the openssl program as an operator makes them.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { scratchDirectory } from './cleanup.mjs';

/// @returns {{certificate: string, key: string}} paths of PEM files
export function makeCertificate(name, days = 30, folder = scratchDirectory('tls')) {
  const certificate = join(folder, `${name}.crt`);
  const key = join(folder, `${name}.key`);
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  execFileSync(
    'openssl',
    ['req', '-x509', ...kind, '-keyout', key, '-out', certificate, '-days', `${days}`, ...subject],
    { stdio: 'ignore' },
  );
  return { certificate, key };
}
