// Programs for .NET that tests talk to: built into build/dotnet, where there is an SDK and the
// registry has what they need.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OUT = fileURLToPath(new URL('../../build/dotnet', import.meta.url));
const BUILD_MS = 600_000;
const env = { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' };

const linesOf = (...args) => spawnSync('dotnet', args, { encoding: 'utf8', env }).stdout?.trim() ?? '';

/// What is missing to build and run with ASP.NET Core; nothing when all is there.
export const missingSdk = () =>
  linesOf('--list-sdks') && linesOf('--list-runtimes').includes('Microsoft.AspNetCore.App')
    ? undefined
    : 'no dotnet SDK with ASP.NET Core here';

function paths(project, framework) {
  const out = join(OUT, `${basename(project)}-${framework ?? 'default'}`);
  mkdirSync(out, { recursive: true });
  const set = [`-p:BaseIntermediateOutputPath=${join(out, 'obj')}/`];
  if (framework) set.push(`-p:TargetFramework=${framework}`, `-p:DotnetRoot=${join(OUT, 'net11')}`);
  return { out: join(out, 'bin'), set };
}

/// Builds a folder with one project for the SDK's own framework.
/// @returns {command: [program, ...args], release: e.g. 10}
export function build(project) {
  const { out, set } = paths(project);
  compile(project, out, set);
  const { runtimeOptions } = JSON.parse(readFileSync(dllOf(project, out).replace(/dll$/, 'runtimeconfig.json')));
  return { command: ['dotnet', dllOf(project, out)], release: Number.parseInt(runtimeOptions.tfm.slice(3), 10) };
}

/// Builds one that imports net11.props, for .NET 11.0.0, and lays out the runtime.
/// @returns {command: [program, ...args], release}, or {missing: what the registry lacks}
export function buildForNet11(project) {
  const missing = missingSdk();
  if (missing) return { missing };
  const { out, set } = paths(project, 'net11.0');
  const restored = spawnSync('dotnet', ['restore', project, '-v', 'quiet', ...set], { encoding: 'utf8', env });
  if (restored.status !== 0) return { missing: `.NET 11.0.0 cannot be had here: ${firstError(restored.stdout)}` };
  compile(project, out, ['--no-restore', ...set]);
  return { command: [join(OUT, 'net11/dotnet'), dllOf(project, out)], release: 11 };
}

const firstError = (text) => /error (\w+: [^[\n]*)/.exec(text)?.[1].trim().slice(0, 200) ?? 'restore failed';
const dllOf = (project, out) => join(out, `${basename(project)}.dll`);

function compile(project, out, more) {
  const args = ['build', project, '-c', 'Release', '-v', 'quiet', '--nologo', '-o', out, ...more];
  execFileSync('dotnet', args, { stdio: ['ignore', 'ignore', 'inherit'], env, timeout: BUILD_MS });
}
