// One play or watch connection that comes back by itself.
import { type MessageInitShape, create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  ClientMessageSchema,
  type HelloSchema,
  type ServerMessage,
  ServerMessageSchema,
} from "../../gen/matchpoint/v1/frames_pb";
import { Reason, type Refusal } from "../../gen/matchpoint/v1/refusal_pb";
import { Signal } from "../lib/signal";
import { retryDelayMs } from "./backoff";
import { CLOSE_LOST, closeActionOf } from "./close-codes";
import { Refused } from "./errors";

/** Silence after which a connection counts as dead, milliseconds. A player's pings are answered every 2 s. */
const DEAF = { "/ws/play": 4_500, "/ws/watch": 25_000 };

export type GameSocketState =
  | { is: "connecting" }
  | { is: "open" }
  | { is: "retrying"; attempt: number; at: number }
  | { is: "closed"; why: "over" | "replaced" | "reload" | "refused"; refusal: Refusal | undefined };

export interface GameSocketEvents {
  /** Makes the first message, with a new ticket if `fresh`. Throws Refused to give up. */
  hello(fresh: boolean): Promise<MessageInitShape<typeof HelloSchema>>;
  message(message: ServerMessage, at: number): void;
  lost(): void;
}

export class GameSocket {
  readonly state = new Signal<GameSocketState>({ is: "connecting" });
  readonly #path: keyof typeof DEAF;
  readonly #events: GameSocketEvents;
  #socket: WebSocket | undefined;
  #attempt = 0;
  #fresh = false;
  #signIns = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #listen: ReturnType<typeof setInterval> | undefined;
  #heard = 0;
  #refusal: Refusal | undefined;
  #closed = false;
  #turn = 0;

  constructor(path: keyof typeof DEAF, events: GameSocketEvents) {
    this.#path = path;
    this.#events = events;
    addEventListener("online", this.#now);
    document.addEventListener("visibilitychange", this.#now);
    void this.#open();
  }

  /** Sends bytes; false when there is no connection to take them. */
  readonly send = (bytes: Uint8Array): boolean => {
    if (this.#socket?.readyState !== WebSocket.OPEN || this.state.value.is !== "open") return false;
    // A connection that takes nothing holds the past back: better lost than late.
    if (this.#socket.bufferedAmount > 16_384) return false;
    this.#socket.send(bytes as Uint8Array<ArrayBuffer>);
    return true;
  };

  close(): void {
    this.#closed = true;
    removeEventListener("online", this.#now);
    document.removeEventListener("visibilitychange", this.#now);
    this.#end();
  }

  /** Back on a network, or in sight: do not wait any longer. */
  readonly #now = (): void => {
    if (this.state.value.is === "retrying" && document.visibilityState === "visible") void this.#open();
  };

  #end(): void {
    clearTimeout(this.#retry);
    clearInterval(this.#listen);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) {
      socket.onopen = socket.onclose = socket.onmessage = null;
      socket.close();
    }
  }

  async #open(): Promise<void> {
    this.#end();
    // A later attempt wins: an answer to an earlier one is dropped.
    const turn = ++this.#turn;
    this.state.value = { is: "connecting" };
    this.#refusal = undefined;
    let hello: MessageInitShape<typeof HelloSchema>;
    try {
      hello = await this.#events.hello(this.#fresh);
      this.#fresh = false;
    } catch (error) {
      if (this.#closed || turn !== this.#turn) return;
      if (error instanceof Refused) {
        const over = error.reason === Reason.SESSION_OVER || error.reason === Reason.SESSION_UNKNOWN;
        this.state.value = { is: "closed", why: over ? "over" : "refused", refusal: error.refusal };
      } else this.#again(CLOSE_LOST);
      return;
    }
    if (this.#closed || turn !== this.#turn) return;
    const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${this.#path}`;
    const socket = new WebSocket(url, "matchpoint.v1");
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    this.#heard = performance.now();
    socket.onopen = () => {
      const message = create(ClientMessageSchema, { body: { case: "hello", value: { ...hello, protocol: 1 } } });
      socket.send(toBinary(ClientMessageSchema, message) as Uint8Array<ArrayBuffer>);
    };
    socket.onmessage = (event: MessageEvent<ArrayBuffer>) => {
      const at = performance.now();
      this.#heard = at;
      const message = fromBinary(ServerMessageSchema, new Uint8Array(event.data));
      if (message.body.case === "refusal") this.#refusal = message.body.value;
      if (this.state.value.is !== "open" && (message.body.case === "joined" || message.body.case === "frame")) {
        this.#attempt = this.#signIns = 0;
        this.state.value = { is: "open" };
      }
      this.#events.message(message, at);
    };
    socket.onclose = (event) => this.#lost(event.code);
    this.#listen = setInterval(() => {
      if (performance.now() - this.#heard > DEAF[this.#path] && document.visibilityState === "visible") {
        socket.onclose = null;
        socket.close();
        this.#lost(CLOSE_LOST);
      }
    }, 1_000);
  }

  #lost(code: number): void {
    clearInterval(this.#listen);
    this.#socket = undefined;
    this.#events.lost();
    const refusal = this.#refusal;
    switch (closeActionOf(code)) {
      case "over":
        this.state.value = { is: "closed", why: "over", refusal };
        return;
      case "replaced":
        this.state.value = { is: "closed", why: "replaced", refusal };
        return;
      case "reload":
        this.state.value = { is: "closed", why: "reload", refusal };
        return;
      case "stop":
        this.state.value = { is: "closed", why: "refused", refusal };
        return;
      case "sign-in":
        if (this.#signIns++ > 0) {
          this.state.value = { is: "closed", why: "refused", refusal };
          return;
        }
        this.#fresh = true;
        break;
      case "ticket":
        this.#fresh = true;
    }
    this.#again(code);
  }

  #again(code: number): void {
    const wait = retryDelayMs(this.#attempt++, code, Math.random());
    this.state.value = { is: "retrying", attempt: this.#attempt, at: performance.now() + wait };
    this.#retry = setTimeout(() => void this.#open(), wait);
  }
}
