/**
 * Decodes one protobuf message into the plain shape that schema.ts states for it.
 */
import protobuf from 'protobufjs';
import { type MessageName, type Messages, messageType } from './schema.ts';

export type Decoded<N extends MessageName> =
  | { ok: true; value: Messages[N] }
  | { ok: false; at: number; reason: string };

/** Decodes `bytes`; on failure `at` is the offset in them where the decoder gave up. */
export function decodeMessage<N extends MessageName>(name: N, bytes: Uint8Array): Decoded<N> {
  const type = messageType(name);
  const reader = protobuf.Reader.create(bytes);
  try {
    const message = type.decode(reader, bytes.length);
    if (reader.pos !== bytes.length) return { ok: false, at: reader.pos, reason: 'it ends early' };
    return { ok: true, value: plain(type, message) as Messages[N] };
  } catch (error) {
    // The decoder reports every malformed input by throwing, and nothing else happens in here.
    return { ok: false, at: Math.min(reader.pos, bytes.length), reason: (error as Error).message };
  }
}

function plain(type: protobuf.Type, message: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const value = message[field.name];
    if (field.repeated) out[field.name] = (value as unknown[]).map((one) => plainField(field, one));
    else if (Object.hasOwn(message, field.name)) out[field.name] = plainField(field, value);
  }
  return out;
}

function plainField(field: protobuf.Field, value: unknown): unknown {
  if (field.resolvedType instanceof protobuf.Type) return plain(field.resolvedType, value as Record<string, unknown>);
  if (field.type === 'uint64') return BigInt(String(value));
  if (field.type === 'bytes') return latin1(value as Uint8Array);
  return value;
}

/** Bytes as a string of characters 0-255. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
