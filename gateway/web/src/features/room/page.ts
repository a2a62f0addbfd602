import { type PropertyValues, type TemplateResult, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import {
  type KnockAnswered,
  type Member,
  OutCause,
  type Place,
  type Room as RoomMessage,
} from "../../../gen/matchpoint/v1/lobby_pb";
import { Reason } from "../../../gen/matchpoint/v1/refusal_pb";
import type { Ruleset } from "../../../gen/matchpoint/v1/ruleset_pb";
import { Refused } from "../../api/errors";
import { confirm } from "../../components/confirm-dialog";
import { openDrawer } from "../../components/drawer";
import { PageElement } from "../../components/page-element";
import { icons } from "../../components/icons";
import { whenVisible } from "../../components/when-visible";
import { explain, sentenceOf, messages } from "../../i18n";
import { account } from "../../stores/account";
import { entryOf, wasCurrentMatch } from "../../stores/current-match";
import { type Command, lobby } from "../../stores/lobby";
import { places } from "../../stores/places";
import { go } from "../../stores/router";
import "../../components/befriend-button";
import "../../components/chat";
import "./door";

type Settings = Pick<Ruleset, "pointsToWin" | "startSpeed" | "paddleHalfHeight" | "timeLimitS" | "directionsOnly">;

/** Word of a start comes by itself, and leads there. Who has missed it goes after so long, milliseconds. */
const MISSED = 1_000;

/** Tournaments that are on, from which they have gone to another room knowingly. */
const answered = new Set<string>();

/** Label beside the name of a member at a seat. */
function stateOf({ connected, ready }: Member): string {
  const w = messages().room;
  if (!connected) return w.away;
  return ready ? w.isReady : w.waiting;
}

@customElement("mp-room")
export class Room extends PageElement {
  @property() code = "";
  @state() private trouble = "";
  @state() private watchable = "";
  @state() private entering = true;
  @state() private refused = Reason.UNSPECIFIED;
  /** Running session elsewhere, which needs a confirmation before this room is entered. */
  @state() private on: Place | undefined;
  @state() private copied = false;
  protected override readonly signals = [lobby.room, lobby.state, lobby.leaveCause, account];

  #stop: (() => void) | undefined;
  #followed = "";
  #missed: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    // Back after the place was lost, without having been put out: in again. Not if another tab is in another room.
    const offs = [
      lobby.state.watch(() => {
        const lost = !lobby.room.value && lobby.leaveCause.value === OutCause.UNSPECIFIED;
        if (lobby.state.value === "open" && lost && !this.entering) void this.#enter();
      }),
      lobby.knockAnswered.listen((answer) => this.#hear(answer)),
      lobby.codeReplaced.listen(
        (code) => code === this.code && lobby.room.value && go(`/room/${lobby.room.value.code}`, true),
      ),
    ];
    this.#stop = () => offs.forEach((off) => off());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
    clearTimeout(this.#missed);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("code")) void this.#enter();
    this.#follow();
  }

  /** Opens the room's running session for a player with a seat, unless they have just come back from it. */
  #follow(): void {
    const room = lobby.room.value;
    const on = room?.code === this.code ? room.sessionId : "";
    if (!room || on === this.#followed) return;
    this.#followed = on;
    clearTimeout(this.#missed);
    const me = room.members.find((m) => m.accountId === account.value?.accountId);
    const way = `/${room.tournament ? "tournament" : "play"}/${on}`;
    if (!on || !(me?.seated || me?.waiting) || wasCurrentMatch(way)) return;
    this.#missed = setTimeout(() => !entryOf(on) && whenVisible(() => this.isConnected && go(way)), MISSED);
  }

  /** The host has answered a knock. */
  #hear(answer: KnockAnswered): void {
    if (answer.roomCode !== this.code || this.refused !== Reason.ROOM_KNOCKED) return;
    if (answer.accepted) void this.#enter();
    else [this.trouble, this.refused] = [messages().door.refused, Reason.NOT_ALLOWED];
  }

  /** Enters the room. Asks first if a session runs elsewhere; `leaving` is the one that they agreed to leave. */
  async #enter(leaving = ""): Promise<void> {
    const { code } = this;
    this.entering = true;
    this.trouble = this.watchable = "";
    this.refused = Reason.UNSPECIFIED;
    this.on = undefined;
    try {
      await lobby.open();
      if (lobby.room.value?.code === code) return;
      const on = places.elsewhere(code);
      // A spectator has nothing to lose.
      const me =
        on && lobby.room.value?.code === on.roomCode
          ? lobby.room.value.members.find((m) => m.accountId === account.value?.accountId)
          : undefined;
      const plays = !me || me.seated || me.waiting;
      if (on && plays && on.sessionId !== leaving && !answered.has(on.sessionId)) {
        this.on = on;
        return;
      }
      const match = on && !on.title ? on.sessionId : "";
      await lobby.enter(code, match);
    } catch (error) {
      if (code !== this.code) return;
      this.trouble = explain(error);
      if (!(error instanceof Refused)) return;
      this.refused = error.reason;
      if (error.reason === Reason.ROOM_STARTED) this.watchable = error.refusal.sessionId;
    } finally {
      this.entering = false;
    }
  }

  /** They know what is on, and want to come in. */
  #enterAll(on: Place): void {
    // A tournament is asked about once: the place there stays. A match is asked about each time: its room is left.
    if (on.title) answered.add(on.sessionId);
    void this.#enter(on.sessionId);
  }

  async #do(command: Command): Promise<void> {
    this.trouble = "";
    try {
      await lobby.send(command);
    } catch (error) {
      this.trouble = explain(error);
      // After a refusal the controls show the server's values again.
      this.querySelector<PageElement>("mp-entrants")?.requestUpdate();
    }
  }

  async #leave(): Promise<void> {
    const room = lobby.room.value;
    const me = room?.members.find((m) => m.accountId === account.value?.accountId);
    const w = messages().room;
    if (room?.sessionId && (me?.seated || me?.waiting)) {
      const text = room.tournament ? w.leaveTournament : w.leaveMatch;
      if (!(await confirm({ title: w.leaveAsk, text, yes: w.leaveYes, no: w.leaveNo, danger: !!room.tournament })))
        return;
    }
    await this.#do({ case: "leaveRoom", value: { code: this.code } });
    go("/");
  }

  get #link(): string {
    return `${location.origin}/room/${this.code}`;
  }

  async #copy(): Promise<void> {
    try {
      if (navigator.share && matchMedia("(pointer: coarse)").matches)
        await navigator.share({ title: "Matchpoint", url: this.#link });
      else {
        await navigator.clipboard.writeText(this.#link);
        this.copied = true;
        setTimeout(() => (this.copied = false), 2_000);
      }
    } catch {
      // No clipboard here: the link stays selected, to be copied by hand.
      this.querySelector<HTMLInputElement>("[data-testid=room-link]")?.select();
    }
  }

  async #kick({ accountId, name }: Member): Promise<void> {
    const w = messages().door;
    if (await confirm({ title: w.kickAsk(name), text: w.kickText, yes: w.kickYes, danger: true }))
      await this.#do({ case: "kick", value: { accountId } });
  }

  #set(room: RoomMessage, change: Partial<Settings>, unlisted = room.unlisted): void {
    const { $typeName: _, ...ruleset } = room.ruleset!;
    void this.#do({
      case: "setSettings",
      value: {
        ruleset: { ...ruleset, ...change },
        unlisted,
        ...(room.tournament ? { tournament: room.tournament } : {}),
      },
    });
  }

  #seat(room: RoomMessage, seat: 0 | 1): TemplateResult {
    const w = messages().room;
    const member = room.members.find((m) => m.seated && m.seat === seat);
    const me = room.members.find((m) => m.accountId === account.value?.accountId);
    return html`<div
      class=${`seat ${seat ? "right" : "left"} ${member?.ready ? "ready" : ""} ${member ? "" : "free"}`}
      data-testid=${seat ? "seat-right" : "seat-left"}
    >
      <small>${seat ? w.right : w.left}</small>
      ${
        member
          ? html`${this.#name(room, member)}<span class="state">${stateOf(member)}</span>`
          : html`<b class="hush">${w.free}</b>${
                me && !me.seated && !room.sessionId
                  ? html`<button
                      class="button"
                      data-testid="take-seat"
                      @click=${() => void this.#do({ case: "setSeat", value: { seated: true } })}
                      >${w.take}</button
                    >`
                  : nothing
              }`
      }
    </div>`;
  }

  #name(room: RoomMessage, member: Member): TemplateResult {
    const w = messages();
    const mine = member.accountId === account.value?.accountId;
    const host = room.hostAccountId === account.value?.accountId;
    return html`<b class=${member.connected ? "" : "absent"}
        ><bdi>${member.name}</bdi>${mine ? html`<em>${w.common.you}</em>` : nothing}${
          member.accountId === room.hostAccountId ? html`<em class="host">${w.room.host}</em>` : nothing
        }
        ${
          host && !mine
            ? html`<button
                class="quiet icon small"
                data-testid="room-kick"
                aria-label=${w.room.kickWhom(member.name)}
                title=${w.room.kickWhom(member.name)}
                @click=${() => void this.#kick(member)}
                >${icons.close()}</button
              >`
            : nothing
        }</b
      >
      <mp-befriend .who=${member.accountId} .name=${member.name}></mp-befriend>`;
  }

  #settings(room: RoomMessage): TemplateResult {
    const w = messages().room;
    const rules = room.ruleset;
    const host = room.hostAccountId === account.value?.accountId && !room.sessionId;
    const choice = (
      name: keyof Settings,
      label: string,
      now: number,
      options: readonly (readonly [number, string])[],
    ): TemplateResult => {
      const all = options.some(([value]) => value === now) ? options : [...options, [now, String(now)] as const];
      return html`<label
        >${label}<select
          data-testid=${`rule-${name}`}
          ?disabled=${!host}
          @change=${(e: Event) => this.#set(room, { [name]: Number((e.target as HTMLSelectElement).value) })}
        >
          ${all.map(
            ([value, text]) => html`<option value=${value} .selected=${live(value === now)}>${text}</option>`,
          )}</select
        ></label
      >`;
    };
    return html`<details class="panel settings" ?open=${host}>
      <summary><h2>${w.settings}</h2></summary>
      ${host ? nothing : html`<p class="hush">${w.hostOnly}</p>`}
      <div class="grid">
        ${choice(
          "pointsToWin",
          w.points,
          rules?.pointsToWin ?? 11,
          [1, 3, 5, 7, 11, 15, 21].map((n) => [n, String(n)] as const),
        )}
        ${choice("startSpeed", w.speed, rules?.startSpeed ?? 110_000, [
          [80_000, w.slow],
          [110_000, w.normal],
          [150_000, w.fast],
        ])}
        ${choice("paddleHalfHeight", w.paddle, rules?.paddleHalfHeight ?? 7_500, [
          [5_000, w.small],
          [7_500, w.normal],
          [11_000, w.large],
        ])}
        ${choice(
          "timeLimitS",
          w.time,
          rules?.timeLimitS ?? 1_800,
          [180, 300, 600, 1_800].map((n) => [n, w.minutes(n / 60)] as const),
        )}
      </div>
      <label class="check"
        ><input
          type="checkbox"
          .checked=${live(rules?.directionsOnly ?? false)}
          ?disabled=${!host}
          @change=${(e: Event) => this.#set(room, { directionsOnly: (e.target as HTMLInputElement).checked })}
        />${w.directions}</label
      >
      <label class="check"
        ><input
          type="checkbox"
          data-testid="rule-unlisted"
          .checked=${live(room.unlisted)}
          ?disabled=${!host || (!!room.tournament && !!account.value?.guest && room.unlisted)}
          @change=${(e: Event) => this.#set(room, {}, (e.target as HTMLInputElement).checked)}
        />${w.unlisted}</label
      >
      ${
        host && room.tournament && room.unlisted && account.value?.guest
          ? html`<button class="quiet hint" data-testid="list-register" @click=${() => (openDrawer.value = "account")}
              >${messages().door.guestUnlisted}</button
            >`
          : nothing
      }
    </details>`;
  }

  #actions(room: RoomMessage): TemplateResult {
    const w = messages().room;
    const me = room.members.find((m) => m.accountId === account.value?.accountId);
    const host = room.hostAccountId === me?.accountId;
    const seated = room.members.filter((m) => m.seated);
    const all = seated.length === 2 && seated.every((m) => m.ready);
    if (room.sessionId) {
      return html`<p>${w.playing}</p
        ><button
          class="button strong"
          data-testid="room-to-match"
          @click=${() => go(`/${me?.seated ? "play" : "watch"}/${room.sessionId}`)}
          >${me?.seated ? w.toMatch : messages().common.watch}</button
        >`;
    }
    let hint = host ? w.canStart : w.hostStarts;
    if (seated.length < 2) hint = w.needPlayer;
    else if (!all) hint = w.needReady;
    return html` ${
        me?.seated
          ? html`<button
              class=${`button ${me.ready ? "" : "strong"}`}
              data-testid="room-ready"
              aria-pressed=${me.ready}
              @click=${() => void this.#do({ case: "setReady", value: { ready: !me.ready } })}
              >${me.ready ? w.notReady : w.ready}</button
            >`
          : nothing
      }
      ${
        host
          ? html`<button
              class=${`button ${all ? "strong" : ""}`}
              data-testid="room-start"
              ?disabled=${!all}
              @click=${() => void this.#do({ case: "start", value: {} })}
              >${w.start}</button
            >`
          : nothing
      }
      <p class="hush" aria-live="polite">${hint}</p>
      ${
        me?.seated
          ? html`<button
              class="quiet"
              data-testid="room-bench"
              @click=${() => void this.#do({ case: "setSeat", value: { seated: false } })}
              >${w.giveUp}</button
            >`
          : nothing
      }`;
  }

  /** Something is on elsewhere: what becomes of it, and the way back. */
  #question(on: Place): TemplateResult {
    const w = messages().room;
    const way = on.title ? `/tournament/${on.sessionId}` : `/play/${on.sessionId}`;
    return html`<main class="narrow" data-testid="is-on">
      <h1>${on.title ? html`<bdi>${on.title}</bdi>` : w.matchOn}</h1>
      <p>${on.title ? w.tournamentOnText : w.matchOnText}</p>
      <div class="actions">
        <a class="button strong" href=${way} data-testid="is-on-back">${on.title ? w.toTournament : w.backToMatch}</a>
        <button class="button" data-testid="is-on-enter" @click=${() => this.#enterAll(on)}
          >${w.enter(this.code)}</button
        >
      </div></main
    >`;
  }

  /** The list of entrants is a part of its own, loaded in the room of a tournament. */
  protected override willUpdate(): void {
    const room = lobby.room.value;
    if (room?.code === this.code && room.tournament) void import("../tournament/entrants");
  }

  #outside(): TemplateResult {
    const w = messages();
    const another = lobby.room.value?.code ?? "";
    if (this.on) return this.#question(this.on);
    let why = "";
    if (another) why = w.room.inAnother;
    else if (lobby.leaveCause.value === OutCause.KICKED) why = w.room.kicked;
    else if (lobby.leaveCause.value === OutCause.AWAY) why = w.room.tooLongAway;
    const again = why ? w.room.rejoin : w.common.retry;
    const comeIn = another ? w.room.comeBack : again;
    if (this.refused === Reason.ROOM_KNOCKED) {
      return html`<main class="narrow" data-testid="knocked"
        ><h1>${w.room.title} ${this.code}</h1><p role="status">${w.door.asked}</p><i class="spinner"></i>
        <div class="actions"
          ><a class="button" href=${another ? `/room/${another}` : "/"}
            >${another ? w.room.ownRoom : w.common.home}</a
          ></div
        ></main
      >`;
    }
    if (this.entering && !this.trouble)
      return html`<main class="narrow"><p class="hush">${w.common.loading}</p></main>`;
    return html`<main class="narrow">
      <h1>${w.room.title} ${this.code}</h1>
      <p class="trouble" role="alert" data-testid="trouble"
        >${
          this.trouble || why || (account.value === null ? sentenceOf(Reason.UNAUTHENTICATED) : w.errors.unreachable)
        }</p
      >
      <div class="actions">
        ${
          this.trouble && another
            ? html`<a class="button strong" href=${`/room/${another}`} data-testid="own-room">${w.room.ownRoom}</a>`
            : nothing
        }
        ${
          this.watchable
            ? html`<a class="button strong" href=${`/watch/${this.watchable}`}>${w.common.watch}</a>`
            : lobby.leaveCause.value === OutCause.KICKED || this.refused === Reason.ROOM_UNKNOWN
              ? nothing
              : html`<button
                  class=${this.trouble && another ? "button" : "button strong"}
                  @click=${() => void this.#enter()}
                  >${this.trouble ? w.common.retry : comeIn}</button
                >`
        }
        <a class="button" href="/">${w.common.home}</a>
      </div></main
    >`;
  }

  protected override render(): TemplateResult {
    const w = messages();
    const room = lobby.room.value;
    if (room?.code !== this.code) return this.#outside();
    const bench = room.members.filter((m) => !m.seated);
    return html`<main class="room">
      <h1 class="unseen">${w.room.title} ${room.code}</h1>
      <section class="invite panel">
        <label for="room-link">${w.room.invite}</label>
        <div
          ><input
            id="room-link"
            data-testid="room-link"
            readonly
            .value=${this.#link}
            @focus=${(e: Event) => (e.target as HTMLInputElement).select()}
          />
          <button class="button strong" data-testid="room-copy" @click=${() => void this.#copy()}
            >${icons.copy()} ${this.copied ? w.common.copied : w.common.copy}</button
          ></div
        >
        <p class="code" data-testid="room-code" aria-label=${w.home.code}>${room.code}</p>
        <mp-door .room=${room}></mp-door>
      </section>
      ${
        lobby.state.value === "retrying"
          ? html`<p class="trouble" role="status" data-testid="overlay">${w.room.reconnecting}</p>`
          : nothing
      }
      ${lobby.state.value === "replaced" ? html`<p class="trouble" role="status">${w.room.elsewhere}</p>` : nothing}
      ${this.trouble ? html`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>` : nothing}
      ${
        room.tournament
          ? html`<mp-entrants
              .room=${room}
              .rules=${this.#settings(room)}
              @command=${(e: CustomEvent<Command>) => void this.#do(e.detail)}
            ></mp-entrants>`
          : html`<section class="seats">${this.#seat(room, 0)}<i class="net"></i>${this.#seat(room, 1)}</section>
              <section class="actions" data-testid="room-actions">${this.#actions(room)}</section>
              <div class="pair">
                <mp-chat></mp-chat>
                <div>
                  ${this.#settings(room)}
                  <section class="panel">
                    <h2>${w.room.bench}</h2>
                    ${
                      bench.length
                        ? html`<ul class="bench" data-testid="bench"
                            >${bench.map((m) => html`<li>${this.#name(room, m)}</li>`)}</ul
                          >`
                        : html`<p class="hush">${w.room.benchEmpty}</p>`
                    }
                  </section>
                </div>
              </div>`
      }
      <footer
        >${
          room.last
            ? html`<a href=${`/result/${room.last.sessionId}`} data-testid="room-last"
                >${w.room.last(room.last.result?.left ?? 0, room.last.result?.right ?? 0)}</a
              >`
            : nothing
        }
        <button class="quiet" data-testid="room-leave" @click=${() => void this.#leave()}
          >${w.room.leave}</button
        ></footer
      >
    </main>`;
  }
}
