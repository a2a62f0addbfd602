// A journal's digest: that of the file that the backend has, made again from its records.
import { toBinary } from "@bufbuild/protobuf";
import { type JournalRecord, JournalRecordSchema } from "../../gen/matchpoint/v1/journal_pb";
import { sha256 } from "./rules/chance";

/** CRC-32 (IEEE 802.3). */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** SHA-256 of the file: a first line, then each record behind its length and the checksums of both. */
export function digestOf(records: readonly JournalRecord[]): Uint8Array {
  const bodies = records.map((record) => toBinary(JournalRecordSchema, record));
  const first = new TextEncoder().encode("matchpoint journal 1\n");
  const file = new Uint8Array(bodies.reduce((size, body) => size + 12 + body.length, first.length));
  const view = new DataView(file.buffer);
  file.set(first);
  let at = first.length;
  for (const body of bodies) {
    view.setUint32(at, body.length, true);
    view.setUint32(at + 4, crc32(file.subarray(at, at + 4)), true);
    view.setUint32(at + 8, crc32(body), true);
    file.set(body, at + 12);
    at += 12 + body.length;
  }
  return sha256(file);
}

/** True if the records have that digest. */
export function isDigest(records: readonly JournalRecord[], digest: Uint8Array): boolean {
  const found = digestOf(records);
  return digest.length === found.length && digest.every((byte, i) => byte === found[i]);
}
