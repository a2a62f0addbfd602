// The lobby connection: one for the whole page, from the first room on. Commands are answered by number.
import { type MessageInitShape, create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type ConnectRequest, ConnectRequestSchema, ConnectResponseSchema, type ConnectResponse, OutCause, type Room, type Said } from "../../gen/matchpoint/v1/lobby_pb";
import type { Entry } from "../../gen/matchpoint/v1/directory_pb";
import { Reason } from "../../gen/matchpoint/v1/refusal_pb";
import { account, ensureAccount, forgetAccount } from "./account";
import { delay } from "./backoff";
import { Refused, Unreachable } from "./refused";
import { Store } from "./store";

/** Lines of chat that are kept. */
const CHAT = 100;
const BEAT = 10_000;
const PATIENCE = 8_000;

export type Command = NonNullable<Exclude<MessageInitShape<typeof ConnectRequestSchema>["command"], undefined>>;

interface Waiting {
  done(): void;
  refuse(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
}

class Lobby {
  readonly state = new Store<"off" | "connecting" | "open" | "retrying" | "replaced">("off");
  readonly room = new Store<Room | undefined>(undefined);
  readonly chat = new Store<readonly Said[]>([]);
  /** Why the last room was left against the will of who sits here. */
  readonly out = new Store<OutCause>(OutCause.UNSPECIFIED);
  /** The match of the room began. */
  started: ((entry: Entry) => void) | undefined;
  /** A match was recorded. */
  readonly finished = new Store<string>("");

  #socket: WebSocket | undefined;
  #number = 0;
  #attempt = 0;
  #waiting = new Map<number, Waiting>();
  #beat: ReturnType<typeof setInterval> | undefined;
  #opening: Promise<void> | undefined;
  #told = false;
  #talk = "";

  /** Opens the connection, for a new guest if need be. Resolves when the room, if there is one, is known. */
  open(): Promise<void> {
    this.#opening ??= ensureAccount()
      .then(() => this.#connect())
      .catch((error: unknown) => {
        this.#opening = undefined;
        throw error;
      });
    return this.#opening;
  }

  /** Carries out a command. Throws Refused for a typed no, Unreachable when there is no answer. */
  async do(command: Command): Promise<void> {
    await this.open();
    await this.#send(command);
  }

  async #send(command: Command): Promise<void> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) throw new Unreachable("no lobby connection");
    const requestId = ++this.#number;
    await new Promise<void>((done, refuse) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(requestId);
        refuse(new Unreachable("no answer"));
        socket.close();
      }, PATIENCE);
      this.#waiting.set(requestId, { done, refuse, timer });
      const request: ConnectRequest = create(ConnectRequestSchema, { requestId, command });
      socket.send(toBinary(ConnectRequestSchema, request) as Uint8Array<ArrayBuffer>);
    });
  }

  /** The room, as soon as it is known. Throws Unreachable when it does not come. */
  roomKnown(): Promise<Room> {
    return this.#until(() => true);
  }

  /** The room, as soon as its match is over. Throws Unreachable when it does not come. */
  roomOpen(code: string): Promise<Room> {
    return this.#until((room) => room.code === code && !room.sessionId);
  }

  #until(holds: (room: Room) => boolean): Promise<Room> {
    return new Promise((known, failed) => {
      if (this.room.value && holds(this.room.value)) return known(this.room.value);
      const off = this.room.watch(() => {
        if (!this.room.value || !holds(this.room.value)) return;
        clearTimeout(timer);
        off();
        known(this.room.value);
      });
      const timer = setTimeout(() => {
        off();
        failed(new Unreachable("no room came"));
      }, PATIENCE);
    });
  }

  #connect(): Promise<void> {
    this.state.value = this.#attempt ? "retrying" : "connecting";
    this.#told = false;
    return new Promise((ready, failed) => {
      const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/lobby`;
      const socket = new WebSocket(url, "matchpoint.v1");
      this.#socket = socket;
      socket.binaryType = "arraybuffer";
      let reason = Reason.UNSPECIFIED;
      socket.onmessage = (event: MessageEvent<ArrayBuffer>) => {
        const message = fromBinary(ConnectResponseSchema, new Uint8Array(event.data));
        if (message.body.case === "refusal" && !message.inReplyTo) reason = message.body.value.reason;
        this.#take(message);
        if (message.body.case !== "welcome") return;
        this.#attempt = 0;
        const beat = (): Promise<void> => this.#send({ case: "beat", value: {} });
        // A beat's answer comes behind the room: what has not come by then does not exist.
        beat().then(() => {
          if (!this.#told) this.room.value = undefined;
          this.state.value = "open";
          ready();
        }, failed);
        clearInterval(this.#beat);
        this.#beat = setInterval(() => void beat().catch(() => undefined), BEAT);
      };
      socket.onclose = (event) => {
        clearInterval(this.#beat);
        this.#drop();
        failed(new Unreachable(`closed with ${event.code}`));
        if (this.#socket !== socket) return;
        this.#socket = undefined;
        this.#opening = undefined;
        if (event.code === 4502) {
          this.state.value = "replaced";
          return;
        }
        if (event.code === 4500 || reason === Reason.UNAUTHENTICATED) forgetAccount();
        this.state.value = "retrying";
        const wait = delay(this.#attempt++, event.code, Math.random());
        setTimeout(() => void this.open().catch(() => undefined), wait);
      };
    });
  }

  #drop(): void {
    for (const waiting of this.#waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.refuse(new Unreachable("the lobby connection was lost"));
    }
    this.#waiting.clear();
  }

  #take(message: ConnectResponse): void {
    const { body } = message;
    switch (body.case) {
      case "welcome":
        account.value = body.value.account ?? account.value;
        break;
      case "room": {
        const known = this.room.value;
        if (known?.code === body.value.code && known.revision > body.value.revision) break;
        if (this.#talk !== body.value.code) this.chat.value = [];
        this.#talk = body.value.code;
        this.#told = true;
        this.out.value = OutCause.UNSPECIFIED;
        this.room.value = body.value;
        break;
      }
      case "outOfRoom":
        this.#told = true;
        this.#talk = "";
        this.room.value = undefined;
        this.out.value = body.value.cause;
        break;
      case "said":
        this.chat.value = [...this.chat.value.slice(1 - CHAT), body.value];
        break;
      case "started":
        if (body.value.entry) this.started?.(body.value.entry);
        break;
      case "finished":
        this.finished.value = body.value.sessionId;
        break;
    }
    const waiting = message.inReplyTo ? this.#waiting.get(message.inReplyTo) : undefined;
    if (!waiting || (body.case !== "done" && body.case !== "refusal")) return;
    this.#waiting.delete(message.inReplyTo);
    clearTimeout(waiting.timer);
    if (body.case === "refusal") waiting.refuse(new Refused(body.value));
    else waiting.done();
  }
}

export const lobby = new Lobby();
