// Unary calls: the Connect protocol, binary in and out.
import { type DescMethodUnary, type MessageInitShape, type MessageShape, create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { DescMessage } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { Reason, RefusalSchema } from "../../gen/matchpoint/v1/refusal_pb";
import { Refused, Unreachable } from "./refused";
import { hearTime } from "./time";

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
  const url = `/api/${method.parent.typeName}/${method.name}`;
  const body = toBinary(method.input, create(method.input, request)) as Uint8Array<ArrayBuffer>;
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/proto", "Connect-Protocol-Version": "1" },
      body,
      signal: AbortSignal.timeout(15_000),
    });
    hearTime(answer.headers.get("date"));
    if (answer.ok) return fromBinary(method.output, new Uint8Array(await answer.arrayBuffer()));
  } catch (cause) {
    throw new Unreachable("no answer", { cause });
  }
  const error = (await answer.json().catch(() => ({}))) as ConnectError;
  const detail = error.details?.find((d) => d.type === RefusalSchema.typeName)?.value;
  if (detail) throw new Refused(fromBinary(RefusalSchema, base64Decode(detail)));
  if (error.code === "unauthenticated") throw Refused.of(Reason.UNAUTHENTICATED, error.message);
  throw new Unreachable(error.message ?? `status ${answer.status}`);
}
