// Texts among the bytes of a block's labels, in one of two encodings.

import type { ByteReader } from '../chunk/byte-reader.ts';
import type { ByteWriter } from '../chunk/byte-writer.ts';

/** UTF-16 for texts that are not valid Unicode, which UTF-8 can't hold. */
export type TextEncoding = 'utf8' | 'utf16le';

/** Its length in bytes, then the text. */
export function writeText(text: string, encoding: TextEncoding, writer: ByteWriter): void {
  const bytes = Buffer.from(text, encoding);
  writer.varint(bytes.length);
  writer.raw(bytes);
}

export function readText(encoding: TextEncoding, reader: ByteReader): string {
  const length = reader.varint();
  const from = reader.skip(length);
  return reader.bytes.toString(encoding, from, from + length);
}

/** The length of each in UTF-16 units, then all texts as one: decoding one text is much faster than many. */
export function writeTexts(texts: readonly string[], encoding: TextEncoding, writer: ByteWriter): void {
  for (const text of texts) writer.varint(text.length);
  writer.raw(Buffer.from(texts.join(''), encoding));
}

/** So many texts, which take the rest of the bytes. */
export function readTexts(count: number, encoding: TextEncoding, reader: ByteReader): string[] {
  const lengths = Array.from({ length: count }, () => reader.varint());
  const all = reader.bytes.toString(encoding, reader.at);
  let at = 0;
  return lengths.map(length => {
    at += length;
    return all.substring(at - length, at);
  });
}
