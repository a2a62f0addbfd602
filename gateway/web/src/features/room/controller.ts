// Way into a room by its address: the questions before it, the reasons why it is shut, and the way on to its match.
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { type KnockAnswered, type Member, OutCause, type Place, type Room } from "../../../gen/matchpoint/v1/lobby_pb";
import { Reason } from "../../../gen/matchpoint/v1/refusal_pb";
import { Refused } from "../../api/errors";
import { whenVisible } from "../../components/when-visible";
import { explain, messages } from "../../i18n";
import { isRoomCode } from "../../lib/room-code";
import { account } from "../../stores/account";
import { entryOf, wasCurrentMatch } from "../../stores/current-match";
import { lobby } from "../../stores/lobby";
import { places } from "../../stores/places";
import { go } from "../../stores/router";

/** Wait for the message about a start, which leads to the match by itself, before the page goes there, milliseconds. */
const MISSED = 1_000;

/** Tournaments that are on, from which they have gone to another room knowingly. */
const answered = new Set<string>();

/** This account's entry in the list of a room's members. */
export const ownMember = (room: Room | undefined): Member | undefined =>
  room?.members.find((m) => m.accountId === account.value?.accountId);

/** True for a member who plays in the room's match or tournament, or waits for a place in it. */
export const takesPart = (member: Member | undefined): boolean => !!(member?.seated || member?.waiting);

interface Host extends ReactiveControllerHost {
  readonly code: string;
  readonly isConnected: boolean;
}

export class RoomController implements ReactiveController {
  entering = true;
  /** Sentence that says why the room could not be entered, and its reason. */
  trouble = "";
  refused = Reason.UNSPECIFIED;
  /** Session of a room whose match has begun: it can be watched. */
  watchable = "";
  /** Running session elsewhere, which needs a confirmation before this room is entered. */
  on: Place | undefined;

  readonly #host: Host;
  #offs: (() => void)[] = [];
  #followed = "";
  #missed: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  /** The room of the page's address, as soon as this account is in it. */
  get room(): Room | undefined {
    const room = lobby.room.value;
    return room?.code === this.#host.code ? room : undefined;
  }

  hostConnected(): void {
    // Back after the place was lost, without having been put out: in again. Not if another tab is in another room.
    this.#offs = [
      lobby.state.watch(() => {
        const lost = !lobby.room.value && lobby.leaveCause.value === OutCause.UNSPECIFIED;
        if (lobby.state.value === "open" && lost && !this.entering) void this.enter();
      }),
      lobby.knockAnswered.listen((answer) => this.#hear(answer)),
      lobby.codeReplaced.listen(
        (code) => code === this.#host.code && lobby.room.value && go(`/room/${lobby.room.value.code}`, true),
      ),
    ];
  }

  hostDisconnected(): void {
    for (const off of this.#offs) off();
    clearTimeout(this.#missed);
  }

  hostUpdated(): void {
    this.#follow();
  }

  /** Opens the room's running session for a player with a seat, unless they have just come back from it. */
  #follow(): void {
    const { room } = this;
    const on = room?.sessionId ?? "";
    if (!room || on === this.#followed) return;
    this.#followed = on;
    clearTimeout(this.#missed);
    const way = `/${room.tournament ? "tournament" : "play"}/${on}`;
    if (!on || !takesPart(ownMember(room)) || wasCurrentMatch(way)) return;
    this.#missed = setTimeout(() => !entryOf(on) && whenVisible(() => this.#host.isConnected && go(way)), MISSED);
  }

  /** The host has answered a knock. */
  #hear(answer: KnockAnswered): void {
    if (answer.roomCode !== this.#host.code || this.refused !== Reason.ROOM_KNOCKED) return;
    if (answer.accepted) return void this.enter();
    [this.trouble, this.refused] = [messages().door.refused, Reason.NOT_ALLOWED];
    this.#host.requestUpdate();
  }

  /** Enters the room. Asks first if a session runs elsewhere; `leaving` is the one that they agreed to leave. */
  async enter(leaving = ""): Promise<void> {
    const { code } = this.#host;
    this.entering = true;
    this.trouble = this.watchable = "";
    this.refused = Reason.UNSPECIFIED;
    this.on = undefined;
    this.#host.requestUpdate();
    try {
      // Nobody becomes a guest by a link that cannot be one to a room.
      if (!isRoomCode(code)) throw Refused.of(Reason.ROOM_UNKNOWN);
      await lobby.open();
      if (lobby.room.value?.code === code) return;
      const on = places.elsewhere(code);
      // A spectator has nothing to lose.
      const me = on && lobby.room.value?.code === on.roomCode ? ownMember(lobby.room.value) : undefined;
      if (on && (!me || takesPart(me)) && on.sessionId !== leaving && !answered.has(on.sessionId)) {
        this.on = on;
        return;
      }
      const match = on && !on.title ? on.sessionId : "";
      await lobby.enter(code, match);
    } catch (error) {
      if (code !== this.#host.code) return;
      this.trouble = explain(error);
      if (!(error instanceof Refused)) return;
      this.refused = error.reason;
      if (error.reason === Reason.ROOM_STARTED) this.watchable = error.refusal.sessionId;
    } finally {
      this.entering = false;
      this.#host.requestUpdate();
    }
  }

  /** They know what is on, and want to come in. */
  enterKnowing(on: Place): void {
    // A tournament is asked about once: the place there stays. A match is asked about each time: its room is left.
    if (on.title) answered.add(on.sessionId);
    void this.enter(on.sessionId);
  }
}
