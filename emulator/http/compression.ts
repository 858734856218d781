/** Bodies as the client accepts them: gzip, deflate or plain. */
import { promisify } from 'node:util';
import { constants, crc32, deflate, deflateRawSync, gzip } from 'node:zlib';
import type { Piece } from './answer.ts';

export type Encoding = 'gzip' | 'deflate' | 'identity';

/** Smaller bodies cost more to compress than they save. */
const MIN_BYTES = 1024;

/** Level 1: the practice org shares its machine with the client that it is measured with. */
const LEVEL = 1;

/** What to send, by the Accept-Encoding header; gzip before deflate, whatever their weights. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding {
  const parts = (acceptEncoding ?? '').split(',').map((part) => part.trim().toLowerCase());
  const refused = /;\s*q=0(?:\.0*)?$/;
  const accepted = new Set(parts.filter((part) => !refused.test(part)).map((part) => part.split(';')[0]));
  if (accepted.has('gzip') || accepted.has('*')) return 'gzip';
  return accepted.has('deflate') ? 'deflate' : 'identity';
}

/** The bytes of a body in an encoding; small ones stay plain, so the encoding that was used comes back, too. */
export async function encodeBody(
  pieces: readonly Piece[],
  encoding: Encoding,
): Promise<{ bytes: Buffer; encoding: Encoding }> {
  const size = pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
  if (encoding === 'identity' || size < MIN_BYTES) return { bytes: joined(pieces), encoding: 'identity' };
  if (encoding === 'deflate') return { bytes: await promisify(deflate)(joined(pieces), { level: LEVEL }), encoding };
  if (pieces.some((piece) => piece.deflated)) return { bytes: gzipOfPieces(pieces), encoding };
  return { bytes: await promisify(gzip)(joined(pieces), { level: LEVEL }), encoding };
}

/** Raw deflate blocks of some bytes, ended at a byte boundary and not final: a brick for gzipOfPieces. */
export function deflatePiece(bytes: Uint8Array): Piece {
  return { bytes, deflated: deflateRawSync(bytes, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH }) };
}

const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3]);
/** An empty final block with fixed codes. */
const FINAL_BLOCK = Buffer.from([3, 0]);
/** A stored block holds at most so many bytes (RFC 1951, 3.2.4). */
const MAX_STORED = 65_535;

/**
 * One gzip member made of pieces that were deflated before (25 describes of one composite call, some megabytes, take no
 * time so), with stored blocks between them for what wasn't.
 */
function gzipOfPieces(pieces: readonly Piece[]): Buffer {
  const parts: Uint8Array[] = [GZIP_HEADER];
  let checksum = 0;
  let size = 0;
  for (const piece of pieces) {
    // Node's crc32 of no bytes is now and then 0 instead of the sum so far (seen on 20.20: zlib takes no buffer as a reset).
    if (piece.bytes.length === 0) continue;
    checksum = crc32(piece.bytes, checksum);
    size += piece.bytes.length;
    if (piece.deflated) parts.push(piece.deflated);
    else parts.push(...storedBlocks(piece.bytes));
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(checksum, 0);
  trailer.writeUInt32LE(size % 2 ** 32, 4);
  return Buffer.concat([...parts, FINAL_BLOCK, trailer]);
}

function storedBlocks(bytes: Uint8Array): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += MAX_STORED) {
    const part = bytes.subarray(at, at + MAX_STORED);
    const header = Buffer.alloc(5);
    header.writeUInt16LE(part.length, 1);
    header.writeUInt16LE(part.length ^ 0xff_ff, 3);
    blocks.push(header, part);
  }
  return blocks;
}

function joined(pieces: readonly Piece[]): Buffer {
  return Buffer.concat(pieces.map(({ bytes }) => bytes));
}
