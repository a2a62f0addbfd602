// Unary calls: the Connect protocol, binary in and out.
import {
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
  create,
  fromBinary,
  toBinary,
} from "@bufbuild/protobuf";
import type { DescMessage } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { Reason, RefusalSchema } from "../../gen/matchpoint/v1/refusal_pb";
import { Refused, Unreachable } from "./errors";
import { setServerTime } from "./server-time";

interface ConnectError {
  code?: string;
  message?: string;
  details?: { type?: string; value?: string }[];
}

/** Calls a method. Throws Refused for a typed no, Unreachable when there is no answer. */
export async function call<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
): Promise<MessageShape<O>> {
  const body = toBinary(method.input, create(method.input, request)) as Uint8Array<ArrayBuffer>;
  return ask(`${method.parent.typeName}/${method.name}`, "application/proto", body, async (answer) =>
    fromBinary(method.output, new Uint8Array(await answer.arrayBuffer())),
  );
}

/** Calls a method by its full name in JSON, as people read it. Throws as `call` does. */
export const callJson = (method: string, request: object): Promise<Record<string, unknown>> =>
  ask(
    method,
    "application/json",
    JSON.stringify(request),
    async (answer) => (await answer.json()) as Record<string, unknown>,
  );

async function ask<T>(
  method: string,
  type: string,
  body: BodyInit,
  read: (answer: Response) => Promise<T>,
): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api/${method}`, {
      method: "POST",
      headers: { "Content-Type": type, "Connect-Protocol-Version": "1" },
      body,
      signal: AbortSignal.timeout(15_000),
    });
    setServerTime(answer.headers.get("date"));
    if (answer.ok) return await read(answer);
  } catch (cause) {
    throw new Unreachable("no answer", { cause });
  }
  const error = (await answer.json().catch(() => ({}))) as ConnectError;
  const detail = error.details?.find((d) => d.type === RefusalSchema.typeName)?.value;
  if (detail) throw new Refused(fromBinary(RefusalSchema, base64Decode(detail)));
  if (error.code === "unauthenticated") throw Refused.of(Reason.UNAUTHENTICATED, error.message);
  throw new Unreachable(error.message ?? `status ${answer.status}`);
}
