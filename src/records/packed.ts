// Owns many packed texts in one buffer, so that they cross between threads in one move.

/** Values with their `bytes` taken out, and those one after the other in one buffer. */
export type Parcel<T> = {
  readonly bytes: ArrayBuffer;
  readonly items: readonly (Omit<T, 'bytes'> & { readonly length: number })[];
};

type Packed = { readonly bytes: Uint8Array };

export function parcelOf<T extends Packed>(values: readonly T[]): Parcel<T> {
  const all = new Uint8Array(values.reduce((sum, { bytes }) => sum + bytes.byteLength, 0));
  let at = 0;
  const items = values.map(({ bytes, ...rest }) => {
    all.set(bytes, at);
    at += bytes.byteLength;
    return { ...rest, length: bytes.byteLength };
  });
  return { bytes: all.buffer, items };
}

/** The values again; their bytes are views of the parcel's. */
export function unparcel<T extends Packed>({ bytes, items }: Parcel<T>): T[] {
  let at = 0;
  return items.map(({ length, ...rest }) => {
    const view = Buffer.from(bytes, at, length);
    at += length;
    return { ...rest, bytes: view } as unknown as T;
  });
}
