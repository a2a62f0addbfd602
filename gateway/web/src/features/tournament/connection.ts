// Connection of a page to a tournament: the bracket, the live boards that are open, and the matches played here.
import { type MessageInitShape, create, toBinary } from "@bufbuild/protobuf";
import { type ActOnTournamentResponse, DirectoryService } from "../../../gen/matchpoint/v1/directory_pb";
import {
  ClientMessageSchema,
  type Frame,
  type FollowSchema,
  type Seated,
  type ServerMessage,
} from "../../../gen/matchpoint/v1/frames_pb";
import type { TournamentAct } from "../../../gen/matchpoint/v1/tournament_pb";
import { retryDelayMs } from "../../api/backoff";
import { call } from "../../api/client";
import { CLOSE_LOST } from "../../api/close-codes";
import { Refused } from "../../api/errors";
import { GameSocket, type GameSocketState } from "../../api/game-socket";
import { Signal } from "../../lib/signal";
import { account, getAccount } from "../../stores/account";
import { entryOf, ticketFor } from "../../stores/current-match";
import { Tournament } from "./model";

/** Receiver of a live board's messages. */
export interface Listener {
  /** Takes frames and viewer counts of its match, and `joined` when the connection, perhaps to another clock, is new. A
   * player's listener also gets `seated`, pongs and notices of the server. */
  message(message: ServerMessage, at: number): void;
  lost?(): void;
}

interface Followed {
  listeners: Set<Listener>;
  epoch: number;
  seq: number;
  /** The last snapshot and what came after it, for a second board of the same match. */
  since: { message: ServerMessage; at: number }[];
}

/** Buffered frames for a second board; a match with more is requested again. */
const KEPT = 64;
const BRACKET = 0;

export type Act = NonNullable<TournamentAct["act"]>;
type Way = "play" | "organise" | "watch";

/** A seat is there to play; a ticket without a seat is an organiser's; everybody else watches. */
function wayOf({ ticket, seats }: { ticket: string; seats: readonly number[] }): Way {
  if (seats.length) return "play";
  return ticket ? "organise" : "watch";
}

type Say = NonNullable<MessageInitShape<typeof ClientMessageSchema>["body"]>;

export class TournamentConnection {
  readonly session: string;
  readonly tournament = new Tournament();
  /** Grows with each change of the tournament. */
  readonly revision = new Signal(0);
  /** The match that is played on this connection, as long as it is on. */
  readonly seated = new Signal<Seated | undefined>(undefined);
  /** Numbers of the entrants that play here; empty for who only watches. */
  readonly entrants = new Signal<readonly number[]>([]);
  readonly state = new Signal<GameSocketState>({ is: "connecting" });
  #link: GameSocket | undefined;
  #topics = new Map<number, Followed>();
  #way: Way = "watch";
  #ended = false;
  /** The last word on which match is played here. */
  #seating: ServerMessage | undefined;

  constructor(session: string) {
    this.session = session;
    void this.#begin();
  }

  close(): void {
    this.#ended = true;
    this.#link?.close();
  }

  /** Hands bytes to the connection; false when there is none to take them. */
  readonly send = (bytes: Uint8Array): boolean => this.#link?.send(bytes) ?? false;

  /** Listens to a match until the function that it returns is called. */
  follow(topic: number, listener: Listener): () => void {
    const known = this.#topics.has(topic);
    const followed = this.#topicOf(topic);
    const own = this.seated.value?.topic === topic;
    if (!known && !own) this.#say({ case: "follow", value: { topic } });
    else if (followed.since.length) for (const { message, at } of followed.since) listener.message(message, at);
    else if (!own) {
      // Too much has passed for another board to begin with what is here: a snapshot is asked for.
      this.#say({ case: "unfollow", value: { topic } });
      this.#say({ case: "follow", value: { topic } });
    }
    followed.listeners.add(listener);
    return () => this.#leave(topic, followed, listener);
  }

  /** The court of the match that is played here, as a link of its own would give it. */
  court(topic: number, listener: Listener): Pick<GameSocket, "state" | "send" | "close"> {
    const followed = this.#topicOf(topic);
    // The court has to know its link before it is told anything.
    queueMicrotask(() => {
      if (this.#seating) listener.message(this.#seating, performance.now());
      for (const { message, at } of followed.since) listener.message(message, at);
      followed.listeners.add(listener);
    });
    return { state: this.state, send: this.send, close: () => this.#leave(topic, followed, listener) };
  }

  /** Does something to the tournament. Throws Refused, Unreachable. */
  async act(act: Act): Promise<ActOnTournamentResponse> {
    return call(DirectoryService.method.actOnTournament, { sessionId: this.session, act: { act } as TournamentAct });
  }

  #topicOf(topic: number): Followed {
    let followed = this.#topics.get(topic);
    if (!followed) this.#topics.set(topic, (followed = { listeners: new Set(), epoch: 0, seq: 0, since: [] }));
    return followed;
  }

  #leave(topic: number, followed: Followed, listener: Listener): void {
    followed.listeners.delete(listener);
    const own = this.seated.value?.topic === topic;
    if (followed.listeners.size || own || this.#topics.get(topic) !== followed) return;
    this.#topics.delete(topic);
    this.#say({ case: "unfollow", value: { topic } });
  }

  async #begin(): Promise<void> {
    this.#way = await this.#findWay();
    if (this.#ended) return;
    const link = new GameSocket(this.#way === "play" ? "/ws/play" : "/ws/watch", {
      hello: async (fresh) => {
        const follow = [...this.#topics].map(([topic, f]) => this.#place(topic, f.epoch, f.seq));
        const places = [this.#place(BRACKET, this.tournament.epoch, this.tournament.seq), ...follow];
        const ticket = this.#way !== "watch" || fresh ? await this.#ticket(fresh) : "";
        return ticket ? { ticket, follow: places } : { sessionId: this.session, follow: places };
      },
      message: (message, at) => this.#take(message, at),
      lost: () => this.#each((listener) => listener.lost?.()),
    });
    this.#link = link;
    link.state.watch(() => (this.state.value = link.state.value));
  }

  /** Entry of an organiser; one who no longer organises watches. Throws Refused, Unreachable. */
  async #ticket(fresh: boolean): Promise<string> {
    try {
      return (await ticketFor(this.session, fresh)).ticket;
    } catch (error) {
      if (this.#way !== "organise" || !(error instanceof Refused)) throw error;
      this.#way = "watch";
      return "";
    }
  }

  /** Role of this browser's account: players have a seat, organisers see everything without delay, others watch. */
  async #findWay(): Promise<Way> {
    for (let attempt = 0; !this.#ended; attempt++) {
      try {
        await getAccount();
        if (!account.value) return "watch";
        return wayOf(await ticketFor(this.session, true));
      } catch (error) {
        if (error instanceof Refused) return "watch";
        // No answer is no "no": who has a seat is not to lose it by that.
        const saved = entryOf(this.session);
        if (saved?.ticket) return wayOf(saved);
        await new Promise((done) => setTimeout(done, retryDelayMs(attempt, CLOSE_LOST, Math.random())));
      }
    }
    return "watch";
  }

  #place(topic: number, epoch: number, seq: number): MessageInitShape<typeof FollowSchema> {
    return epoch ? { topic, after: { epoch, seq } } : { topic };
  }

  #say(body: Say): void {
    this.send(toBinary(ClientMessageSchema, create(ClientMessageSchema, { body })));
  }

  #each(tell: (listener: Listener) => void): void {
    for (const { listeners } of this.#topics.values()) for (const listener of listeners) tell(listener);
  }

  #take(message: ServerMessage, at: number): void {
    const { body } = message;
    switch (body.case) {
      case "joined":
        this.entrants.value = body.value.seats;
        this.#each((listener) => listener.message(message, at));
        break;
      case "seated":
        this.#seating = message;
        // Frames come before the court is drawn: they are kept for it.
        this.#topicOf(body.value.topic);
        this.seated.value = body.value;
        this.#tell(body.value.topic, message, at);
        break;
      case "frame":
        if (body.value.topic === BRACKET) {
          if (this.tournament.fold(body.value)) this.revision.value++;
        } else this.#frame(body.value, message, at);
        break;
      case "scoreboard":
        this.tournament.score(body.value);
        this.revision.value++;
        break;
      case "viewers":
        this.#tell(body.value.topic, message, at);
        break;
      case "pong":
      case "latency":
      case "notice":
        if (this.seated.value) this.#tell(this.seated.value.topic, message, at);
        break;
    }
  }

  #tell(topic: number, message: ServerMessage, at: number): void {
    for (const listener of this.#topics.get(topic)?.listeners ?? []) listener.message(message, at);
  }

  #frame(frame: Frame, message: ServerMessage, at: number): void {
    const followed = this.#topics.get(frame.topic);
    if (followed) {
      followed.epoch = frame.epoch;
      followed.seq = frame.seq;
      if (frame.snapshot || followed.since.length > KEPT) followed.since = [];
      if (frame.snapshot || followed.since.length) followed.since.push({ message, at });
      for (const listener of followed.listeners) listener.message(message, at);
    }
    const over = frame.snapshot?.result ?? frame.events.some(({ body }) => body.case === "result");
    if (over && this.seated.value?.topic === frame.topic) this.seated.value = undefined;
  }
}
