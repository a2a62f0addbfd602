// Calls that are shown on every page: invitations by friends and organisers, calls to a match of a tournament, and
// tournaments that have begun. Invitations wait until a match is over; calls to a match are shown during one too.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { Bond } from "../../gen/matchpoint/v1/friend_pb";
import type { Invitation, Place } from "../../gen/matchpoint/v1/lobby_pb";
import { ActionElement } from "../components/action-element";
import { icons } from "../components/icons";
import { sound } from "../game/sound";
import { messages } from "../i18n";
import { isolated } from "../i18n/isolated";
import { saveEntry } from "../stores/current-match";
import { friends } from "../stores/friends";
import { invitations } from "../stores/invitations";
import { lobby } from "../stores/lobby";
import { matchCalls } from "../stores/match-calls";
import { places } from "../stores/places";
import { go, route } from "../stores/router";

/** For so long a player sees, in the middle of a match, that an invitation waits, milliseconds. */
const GLIMPSE = 6_000;

@customElement("mp-calls")
export class Calls extends ActionElement {
  protected override readonly signals = [
    friends.invitations,
    invitations.list,
    route,
    matchCalls,
    places.list,
    places.begun,
  ];
  @state() private spoken = "";
  @state() private glimpse = false;
  #off: (() => void)[] = [];
  #asking = new Set<string>();
  #newest: unknown;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#off = [
      friends.list.watch(() => this.#hear()),
      friends.invitations.watch(() => this.#see()),
      route.watch(() => this.#arrive()),
      places.begun.watch(() => this.#begin()),
      lobby.room.watch(() => lobby.room.value && friends.dismissInvitations(lobby.room.value.code)),
    ];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const off of this.#off) off();
  }

  /** Announces each new friend request once, for screen readers. */
  #hear(): void {
    const asking = friends.of(Bond.ASKS);
    const fresh = asking.filter((f) => !this.#asking.has(f.accountId));
    this.#asking = new Set(asking.map((f) => f.accountId));
    if (fresh.length) this.spoken = fresh.map((f) => messages().friends.wants(f.name)).join(" ");
  }

  #see(): void {
    const [newest] = friends.invitations.value;
    const fresh = newest !== undefined && newest !== this.#newest;
    this.#newest = newest;
    if (!fresh) return;
    if (route.value.page !== "play") return sound.play("go");
    this.glimpse = true;
    setTimeout(() => (this.glimpse = false), GLIMPSE);
  }

  /** Dismisses the call to the tournament whose page is open. */
  #arrive(): void {
    if (route.value.page === "tournament") places.dismiss(route.value.session);
  }

  #begin(): void {
    this.#arrive();
    if (places.announced) sound.play("go");
  }

  #tournament({ title, sessionId }: Place): TemplateResult {
    const w = messages().places;
    return html`<div class=${route.value.page === "play" ? "call aside" : "call"} data-testid="begun"
      ><p>${w.begun(title)}</p>
      <a class="button strong" href=${`/tournament/${sessionId}`} data-testid="begun-go">${w.goThere}</a>
      <button class="button" data-testid="begun-later" @click=${() => places.dismiss(sessionId)}
        >${w.later}</button
      ></div
    >`;
  }

  #invitation(): TemplateResult | typeof nothing {
    const w = messages().friends;
    const [invitation] = friends.invitations.value;
    if (!invitation) return nothing;
    if (route.value.page === "play") {
      return this.glimpse
        ? html`<div class="call still" data-testid="invitation"><p>${w.waits(invitation.name)}</p></div>`
        : nothing;
    }
    return html`<div class="call" data-testid="invitation"
      ><p>${w.invites(invitation.name)}</p>
      <a class="button strong" href=${`/room/${invitation.roomCode}`} data-testid="invitation-accept">${w.join}</a>
      <button
        class="button"
        data-testid="invitation-later"
        @click=${() => friends.dismissInvitations(invitation.roomCode)}
        >${w.later}</button
      ></div
    >`;
  }

  /** An organiser's, into a tournament that is on. In the middle of a match it waits. */
  #tournamentInvitation({ sessionId, title, byName }: Invitation): TemplateResult {
    const w = messages().invitation;
    return html`<div class="call" data-testid="tournament-invitation"
      ><p>${w.to(byName, title)}</p>
      ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}
      <button
        class="button strong"
        data-testid="tournament-invitation-accept"
        ?disabled=${this.busy}
        @click=${() => void this.#answer(sessionId, true)}
        >${w.accept}</button
      >
      <button
        class="button"
        data-testid="tournament-invitation-decline"
        ?disabled=${this.busy}
        @click=${() => void this.#answer(sessionId, false)}
        >${w.decline}</button
      >
      <button
        class="quiet icon"
        data-testid="tournament-invitation-later"
        aria-label=${messages().friends.later}
        title=${messages().friends.later}
        @click=${() => invitations.postpone(sessionId)}
        >${icons.close()}</button
      ></div
    >`;
  }

  async #answer(sessionId: string, accept: boolean): Promise<void> {
    await this.run(async () => {
      const entry = await invitations.answer(sessionId, accept);
      if (!entry) return;
      saveEntry(entry);
      const way = `/tournament/${sessionId}`;
      // The open page watches without a seat: a reload starts it with one.
      if (location.pathname === way) location.reload();
      else go(way);
    });
  }

  #matchCall(): TemplateResult | typeof nothing {
    const [first] = matchCalls.value;
    if (!first) return nothing;
    return html`<div class="call urgent" data-testid="summons"
      ><p
        ><b role="alert">${first.big}</b>
        <span>${[first.small, isolated(first.title)].filter(Boolean).join(" · ")}</span></p
      >
      <a class="button strong" href=${`/tournament/${first.session}`} data-testid="summons-go">${first.way}</a></div
    >`;
  }

  protected override render(): TemplateResult {
    const invitation = route.value.page === "play" ? undefined : invitations.current;
    const quiet = matchCalls.value.length
      ? nothing
      : places.announced
        ? this.#tournament(places.announced)
        : invitation
          ? this.#tournamentInvitation(invitation)
          : this.#invitation();
    return html`${this.#matchCall()}<div role="status">${quiet}</div
      ><p class="unseen" aria-live="polite" data-testid="calls">${this.spoken}</p>`;
  }
}
