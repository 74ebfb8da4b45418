// The codec of chunks, for everyone outside this folder: samples of a block's series to bytes and back.

export { Chunk, ChunkView, UnpackedChunk } from './chunk.ts';
export { ChunkEncoder, type ChunkOptions, type ChunkSpan, SLOTS } from './chunk-encoder.ts';
export { ChunkMemory } from './chunk-memory.ts';
