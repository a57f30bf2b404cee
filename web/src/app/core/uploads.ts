import type { UploadOptions } from '@parley/client';
import type { Server } from './server';

const MAX_PX = 32_767;

/** Announces a file, with the size of a picture, and brings its bytes. @returns its id */
export async function upload(
  server: Server,
  conversationId: string,
  file: File,
  options: UploadOptions,
): Promise<string> {
  return server.upload(conversationId, file, { ...options, ...(await sizeOf(file)) });
}

async function sizeOf(file: File): Promise<{ width: number; height: number } | undefined> {
  if (!/^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) return undefined;
  try {
    const picture = await createImageBitmap(file);
    const { width, height } = picture;
    picture.close();
    return width <= MAX_PX && height <= MAX_PX ? { width, height } : undefined;
  } catch {
    return undefined; // no picture, whatever its name says
  }
}
