// One connection for a whole tournament: the bracket, the boards that are looked at, and the matches that are played here.
import { type MessageInitShape, create, toBinary } from "@bufbuild/protobuf";
import { DirectoryService } from "../../gen/matchpoint/v1/directory_pb";
import {
  ClientMessageSchema, type Frame, type FollowSchema, type Pong, type Seated, type ServerMessage, type Viewers,
} from "../../gen/matchpoint/v1/frames_pb";
import { Reason } from "../../gen/matchpoint/v1/refusal_pb";
import type { TournamentAct } from "../../gen/matchpoint/v1/tournament_pb";
import { ticketFor } from "../entries";
import { account, whoAmI } from "../net/account";
import { call } from "../net/api";
import { Link, type LinkState } from "../net/link";
import { Refused } from "../net/refused";
import { Store } from "../net/store";
import { Tournament } from "./model";

/** What a board hears of its match. */
export interface Listener {
  frame(frame: Frame, at: number): void;
  /** Another connection: perhaps another server, and another clock. */
  reset(): void;
  pong?(pong: Pong, at: number): void;
  viewers?(viewers: Viewers): void;
  lost?(): void;
}

interface Followed {
  listeners: Set<Listener>;
  epoch: number;
  seq: number;
  /** The last snapshot and what came after it, for a second board of the same match. */
  since: { frame: Frame; at: number }[];
}

/** Frames that are kept for a second board; a match that has sent more is asked for anew. */
const KEPT = 64;
const BRACKET = 0;

type Say = NonNullable<MessageInitShape<typeof ClientMessageSchema>["body"]>;

export class TournamentConnection {
  readonly session: string;
  readonly tournament = new Tournament();
  /** Grows with each change of the tournament. */
  readonly revision = new Store(0);
  /** The match that is played on this connection, as long as it is on. */
  readonly seated = new Store<Seated | undefined>(undefined);
  /** Numbers of the entrants that play here; empty for who only watches. */
  readonly entrants = new Store<readonly number[]>([]);
  readonly state = new Store<LinkState>({ is: "connecting" });
  #link: Link | undefined;
  #topics = new Map<number, Followed>();
  #playing = false;
  #ended = false;

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
    let followed = this.#topics.get(topic);
    if (!followed) {
      followed = { listeners: new Set(), epoch: 0, seq: 0, since: [] };
      this.#topics.set(topic, followed);
      if (this.seated.value?.topic !== topic) this.#say({ case: "follow", value: { topic } });
    } else if (followed.since.length) for (const { frame, at } of followed.since) listener.frame(frame, at);
    else if (this.seated.value?.topic !== topic) {
      // Too much has passed for another board to begin with what is here: a snapshot is asked for.
      this.#say({ case: "unfollow", value: { topic } });
      this.#say({ case: "follow", value: { topic } });
    }
    followed.listeners.add(listener);
    return () => {
      followed.listeners.delete(listener);
      if (followed.listeners.size || this.#topics.get(topic) !== followed) return;
      this.#topics.delete(topic);
      if (this.seated.value?.topic !== topic) this.#say({ case: "unfollow", value: { topic } });
    };
  }

  /** Does something to the tournament. Throws Refused, Unreachable. */
  async act(act: NonNullable<TournamentAct["act"]>): Promise<void> {
    await call(DirectoryService.method.actOnTournament, { sessionId: this.session, act: { act } as TournamentAct });
  }

  async #begin(): Promise<void> {
    this.#playing = await this.#hasSeat();
    if (this.#ended) return;
    const link = new Link(this.#playing ? "/ws/play" : "/ws/watch", {
      hello: async (fresh) => {
        const follow = [...this.#topics].map(([topic, f]) => this.#place(topic, f.epoch, f.seq));
        const places = [this.#place(BRACKET, this.tournament.epoch, this.tournament.seq), ...follow];
        if (!this.#playing && !fresh) return { sessionId: this.session, follow: places };
        return { ticket: (await ticketFor(this.session, fresh)).ticket, follow: places };
      },
      message: (message, at) => this.#take(message, at),
      lost: () => this.#each((listener) => listener.lost?.()),
    });
    this.#link = link;
    link.state.watch(() => (this.state.value = link.state.value));
  }

  /** Whoever has a seat plays on this connection; everybody else, guests who are not known yet too, watches. */
  async #hasSeat(): Promise<boolean> {
    try {
      await whoAmI();
      if (!account.value) return false;
      return (await ticketFor(this.session, true)).seats.length > 0;
    } catch (error) {
      if (error instanceof Refused && error.reason === Reason.UNAUTHENTICATED) return false;
      return false;
    }
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

  #take({ body }: ServerMessage, at: number): void {
    switch (body.case) {
      case "joined":
        this.entrants.value = body.value.seats;
        this.#each((listener) => listener.reset());
        break;
      case "seated":
        this.seated.value = body.value;
        break;
      case "frame":
        if (body.value.topic === BRACKET) {
          if (this.tournament.fold(body.value)) this.revision.value++;
        } else this.#frame(body.value, at);
        break;
      case "scoreboard":
        this.tournament.score(body.value);
        this.revision.value++;
        break;
      case "pong": {
        const pong = body.value;
        this.#each((listener) => listener.pong?.(pong, at));
        break;
      }
      case "viewers": {
        const viewers = body.value;
        for (const listener of this.#topics.get(viewers.topic)?.listeners ?? []) listener.viewers?.(viewers);
        break;
      }
    }
  }

  #frame(frame: Frame, at: number): void {
    const followed = this.#topics.get(frame.topic);
    if (followed) {
      followed.epoch = frame.epoch;
      followed.seq = frame.seq;
      if (frame.snapshot || followed.since.length > KEPT) followed.since = [];
      if (frame.snapshot || followed.since.length) followed.since.push({ frame, at });
      for (const listener of followed.listeners) listener.frame(frame, at);
    }
    const over = frame.snapshot?.result ?? frame.events.some(({ body }) => body.case === "result");
    if (over && this.seated.value?.topic === frame.topic) this.seated.value = undefined;
  }
}
