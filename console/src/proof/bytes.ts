// Bytes as the formats of proofs write them: strict base64, hex, big-endian integers, SHA-256.
//
// Every text has exactly one spelling here; any other is refused.

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Bytes over an own buffer, as WebCrypto takes them. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Standard base64 with padding; null for anything else, unused bits that are not zero included. */
export function fromBase64(text: string): Bytes | null {
  if (!BASE64.test(text)) return null;
  const raw = atob(text);
  const bytes = Uint8Array.from(raw, (character) => character.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : null;
}

export function toBase64(bytes: Uint8Array): string {
  let raw = "";
  for (const byte of bytes) raw += String.fromCharCode(byte);
  return btoa(raw);
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

export function concat(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const utf8 = (text: string): Bytes => new Uint8Array(new TextEncoder().encode(text));

/** UTF-8 as text; throws where it is not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

export function u16(value: number): Bytes {
  return new Uint8Array([value >>> 8, value & 0xff]);
}

export function u32(value: number): Bytes {
  return new Uint8Array([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
}

export async function sha256(...parts: Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));
}

/** Reads bytes from the front; asking for more than there is throws. */
export class Reader {
  private at = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  take(length: number): Bytes {
    if (this.at + length > this.bytes.length) throw new Error("the bytes end too early");
    const taken = new Uint8Array(this.bytes.slice(this.at, this.at + length));
    this.at += length;
    return taken;
  }

  u8(): number {
    return this.take(1)[0] ?? 0;
  }

  u16(): number {
    return this.u8() * 0x100 + this.u8();
  }

  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }
}
