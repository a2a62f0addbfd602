// The lobby connection: one for the whole page, as long as somebody is known to sit here, guests too: friends see each
// other, and rooms and invitations reach them, wherever they are. Commands are answered by number.
import { type MessageInitShape, create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type ConnectRequest,
  ConnectRequestSchema,
  ConnectResponseSchema,
  type ConnectResponse,
  type CreateRoomSchema,
  type KnockAnswered,
  OutCause,
  type Room,
  type Said,
  type Started,
} from "../../gen/matchpoint/v1/lobby_pb";
import { Reason } from "../../gen/matchpoint/v1/refusal_pb";
import { retryDelayMs } from "../api/backoff";
import { CLOSE_REPLACED, CLOSE_UNAUTHENTICATED } from "../api/close-codes";
import { Refused, Unreachable } from "../api/errors";
import { Emitter } from "../lib/emitter";
import { Signal } from "../lib/signal";
import { account, refreshAccount, ensureAccount } from "./account";
import { friends } from "./friends";
import { invitations } from "./invitations";
import { places } from "./places";

/** Lines of chat that are kept. */
const CHAT = 100;
const BEAT = 10_000;
const PATIENCE = 8_000;
/** After a token has ended, another tab may be about to bring the next one, milliseconds. */
const GRACE = 500;

export type Command = NonNullable<Exclude<MessageInitShape<typeof ConnectRequestSchema>["command"], undefined>>;

interface Waiting {
  done(): void;
  refuse(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
}

/** True if both are the same room, judged by its people and its title, since the code may have changed. */
function sameRoom(one: Room, other: Room): boolean {
  const people = ({ hostAccountId, members }: Room): string =>
    [hostAccountId, ...members.map(({ accountId }) => accountId)].join();
  return people(one) === people(other) && one.tournament?.spec?.title === other.tournament?.spec?.title;
}

class Lobby {
  readonly state = new Signal<"off" | "connecting" | "open" | "retrying" | "replaced">("off");
  /** Current room; the account may have places in others. */
  readonly room = new Signal<Room | undefined>(undefined);
  readonly chat = new Signal<readonly Said[]>([]);
  /** Cause for which the server took the account out of its last room. */
  readonly leaveCause = new Signal<OutCause>(OutCause.UNSPECIFIED);
  /** The match of a room in which there is a place began. */
  readonly started = new Emitter<Started>();
  /** A host has answered this account's knock. */
  readonly knockAnswered = new Emitter<KnockAnswered>();
  /** The host has given the room another code; the event is the one that it had before. */
  readonly codeReplaced = new Emitter<string>();

  #socket: WebSocket | undefined;
  #number = 0;
  #attempt = 0;
  #waiting = new Map<number, Waiting>();
  #beat: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #opening: Promise<void> | undefined;
  #told = false;
  #placed = false;
  #talk = "";
  #who = "";
  #watching = "";

  constructor() {
    account.watch(() => {
      const who = account.value?.accountId ?? "";
      if (who === this.#who) return;
      // Somebody else sits here now: what was shown to the other is not theirs to see.
      if (this.#who) this.#leave();
      this.#who = who;
      if (who) this.open().catch(() => undefined);
    });
  }

  /** The session that this page watches, for friends to see; empty for none. */
  set watching(session: string) {
    if (session === this.#watching) return;
    this.#watching = session;
    if (this.state.value === "open") this.#tellWatching();
  }

  #tellWatching(): void {
    this.#send({ case: "setWatching", value: { sessionId: this.#watching } }).catch(() => undefined);
  }

  /** Opens the connection, for a new guest if need be. Resolves when the room, if there is one, is known. */
  open(): Promise<void> {
    if (this.#opening) return this.#opening;
    const opening = ensureAccount().then(() => this.#connect());
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    return (this.#opening = opening);
  }

  #leave(): void {
    this.#cut();
    this.#opening = undefined;
    this.#attempt = 0;
    this.room.value = undefined;
    this.chat.value = [];
    this.leaveCause.value = OutCause.UNSPECIFIED;
    this.state.value = "off";
    friends.clear();
    invitations.clear();
    places.clear();
  }

  /** Carries out a command. Throws Refused for a typed no, Unreachable when there is no answer. */
  async send(command: Command): Promise<void> {
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

  /** Opens a room, and gives its code as soon as one is there. Throws Refused, Unreachable. */
  async openRoom(value: MessageInitShape<typeof CreateRoomSchema>): Promise<string> {
    await this.open();
    const before = this.room.value?.code;
    await this.send({ case: "createRoom", value });
    return (await this.#until(({ code }) => code !== before)).code;
  }

  /** The room for duels, a new one if there is none: its code as soon as one is there. Throws Refused, Unreachable. */
  async enterDuelRoom(): Promise<string> {
    await this.open();
    const code = places.duel?.roomCode;
    if (!code) return this.openRoom({});
    if (code !== this.room.value?.code) await this.enter(code);
    return code;
  }

  /** Enters a room. A room for duels is left for another one if that can be entered; all other places stay. To leave a
   * running match its session has to be given as `leaveSessionId`. Throws Refused, Unreachable. */
  async enter(code: string, leaveSessionId = ""): Promise<void> {
    await this.open();
    const leaveCode = places.duel?.roomCode ?? "";
    await this.send({
      case: "joinRoom",
      value: { code, leaveCode: leaveCode === code ? "" : leaveCode, leaveSessionId },
    });
  }

  /** The room, as soon as its match is over. Throws Unreachable when it does not come. */
  matchEnded(code: string): Promise<Room> {
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
    this.#told = this.#placed = false;
    return new Promise((ready, failed) => {
      const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/lobby`;
      const socket = new WebSocket(url, "matchpoint.v1");
      this.#cut();
      this.#socket = socket;
      socket.binaryType = "arraybuffer";
      let reason = Reason.UNSPECIFIED;
      socket.onmessage = (event: MessageEvent<ArrayBuffer>) => {
        const message = fromBinary(ConnectResponseSchema, new Uint8Array(event.data));
        if (message.body.case === "refusal" && !message.inReplyTo) reason = message.body.value.reason;
        this.#take(message, socket);
        if (message.body.case !== "welcome") return;
        this.#attempt = 0;
        const beat = (): Promise<void> => this.#send({ case: "beat", value: {} });
        // A beat's answer comes behind the room: what has not come by then does not exist.
        beat().then(() => {
          if (!this.#told) this.room.value = undefined;
          this.state.value = "open";
          if (this.#watching) this.#tellWatching();
          ready();
        }, failed);
        clearInterval(this.#beat);
        this.#beat = setInterval(() => void beat().catch(() => undefined), BEAT);
      };
      socket.onclose = (event) => {
        failed(new Unreachable(`closed with ${event.code}`));
        if (this.#socket !== socket) return;
        this.#cut();
        this.#opening = undefined;
        if (event.code === CLOSE_REPLACED) {
          this.state.value = "replaced";
          return;
        }
        if (event.code === CLOSE_UNAUTHENTICATED || reason === Reason.UNAUTHENTICATED) {
          // Signed out, perhaps in another tab, or in again: nobody is made a guest by that.
          this.state.value = "off";
          const again = async (): Promise<void> => void ((await refreshAccount()) && (await this.open()));
          this.#retry = setTimeout(() => void again().catch(() => undefined), GRACE);
          return;
        }
        this.state.value = "retrying";
        const wait = retryDelayMs(this.#attempt++, event.code, Math.random());
        this.#retry = setTimeout(() => void this.open().catch(() => undefined), wait);
      };
    });
  }

  /** Ends the connection, if there is one; what waits for an answer on it gets none. */
  #cut(): void {
    clearInterval(this.#beat);
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    for (const waiting of this.#waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.refuse(new Unreachable("the lobby connection was lost"));
    }
    this.#waiting.clear();
  }

  #take(message: ConnectResponse, socket: WebSocket): void {
    if (socket !== this.#socket) return;
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
        this.leaveCause.value = OutCause.UNSPECIFIED;
        this.room.value = body.value;
        // The same room goes on under another code: its host has changed it.
        if (
          known &&
          known.code !== body.value.code &&
          body.value.revision > known.revision &&
          sameRoom(known, body.value)
        )
          this.codeReplaced.emit(known.code);
        break;
      }
      case "outOfRoom":
        if (body.value.code !== this.room.value?.code) break;
        this.#told = true;
        this.#talk = "";
        this.room.value = undefined;
        this.leaveCause.value = body.value.cause;
        break;
      case "said":
        if (body.value.roomCode === this.#talk) this.chat.value = [...this.chat.value.slice(1 - CHAT), body.value];
        break;
      case "started":
        this.started.emit(body.value);
        break;
      case "places":
        places.replaceList(body.value, !this.#placed);
        this.#placed = true;
        break;
      case "invitations":
        invitations.replaceList(body.value);
        break;
      case "knockAnswered":
        this.knockAnswered.emit(body.value);
        break;
      case "friends":
        friends.replaceList(body.value);
        break;
      case "invited":
        friends.invited(body.value);
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
