// A room of a tournament: who takes part, in which order, under which settings; shown inside the room's page.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { BotStrength } from "../../../gen/matchpoint/v1/frames_pb";
import type { Member, Room } from "../../../gen/matchpoint/v1/lobby_pb";
import { Reason } from "../../../gen/matchpoint/v1/refusal_pb";
import { Seeding } from "../../../gen/matchpoint/v1/tournament_pb";
import { Refused } from "../../api/errors";
import { unixNow } from "../../api/server-time";
import { confirm } from "../../components/confirm-dialog";
import { icons } from "../../components/icons";
import { PageElement } from "../../components/page-element";
import { nameOf, messages } from "../../i18n";
import { account } from "../../stores/account";
import { type Command, lobby } from "../../stores/lobby";
import { PLACES } from "./formats";
import { tournamentMessages } from "./labels";
import { changed, fields, startAt, whenText } from "./settings-form";
import "../../components/befriend-button";
import "../../components/chat";

/** Time between two bots after a refusal of many at once, milliseconds. */
const PACE = 500;

/** Fires `command` with what the lobby is to do. */
@customElement("mp-entrants")
export class Entrants extends PageElement {
  @property({ attribute: false }) room!: Room;
  /** The rules of its matches, as any room has them. */
  @property({ attribute: false }) rules!: TemplateResult;
  @state() private filling = false;
  protected override readonly signals = [account];

  #do(command: Command): void {
    this.dispatchEvent(new CustomEvent("command", { detail: command }));
  }

  get #host(): boolean {
    return this.room.hostAccountId === account.value?.accountId && !this.room.sessionId;
  }

  #set(event: Event): void {
    const field = event.target as HTMLInputElement | HTMLSelectElement;
    // A date that is being typed is no date yet.
    if (!field.checkValidity()) return;
    const tournament = changed(
      this.room.tournament!,
      field.name,
      new FormData(event.currentTarget as HTMLFormElement),
      unixNow(),
    );
    this.#do({
      case: "setSettings",
      value: { ruleset: this.room.ruleset!, unlisted: this.room.unlisted, tournament },
    } as Command);
  }

  async #kick({ accountId, bot }: Member, name: string): Promise<void> {
    const w = messages().door;
    const sure = bot || (await confirm({ title: w.kickAsk(name), text: w.kickText, yes: w.kickYes, danger: true }));
    if (sure) this.#do({ case: "kick", value: { accountId } } as Command);
  }

  /** Bots of every strength on all free places. */
  async #fill(free: number): Promise<void> {
    const strengths = [BotStrength.EASY, BotStrength.MEDIUM, BotStrength.HARD];
    this.filling = true;
    // So often in a row it may fail otherwise, as while the connection comes back.
    let failures = 0;
    for (let n = 0; n < free && this.isConnected;) {
      try {
        await lobby.send({ case: "addBot", value: { strength: strengths[n % strengths.length]! } });
        n++;
        failures = 0;
      } catch (error) {
        // So many at once are too many: the rest a little later. A room that is full ends it.
        const later =
          error instanceof Refused ? [Reason.TOO_MANY, Reason.SERVER_UNAVAILABLE].includes(error.reason) : true;
        if (!later || (!(error instanceof Refused && error.reason === Reason.TOO_MANY) && ++failures > 5)) break;
        await new Promise((done) => setTimeout(done, PACE));
      }
    }
    this.filling = false;
  }

  /** One place up in the ranking. */
  #raise(entrants: readonly Member[], index: number): void {
    const accountIds = entrants.map(({ accountId }) => accountId);
    const [raised] = accountIds.splice(index, 1);
    accountIds.splice(index - 1, 0, raised!);
    this.#do({ case: "setRanking", value: { accountIds } } as Command);
  }

  #member(member: Member, entrants: readonly Member[], index: number): TemplateResult {
    const w = messages();
    const t = tournamentMessages();
    const mine = member.accountId === account.value?.accountId;
    const name = member.bot ? `${nameOf(member)} ${member.name.replace(/\D+/g, "")}`.trim() : member.name;
    const ranked = this.#host && index > 0 && this.room.tournament?.spec?.seeding === Seeding.GIVEN;
    return html`<li class=${member.connected || member.bot ? "" : "absent"} data-testid="entrant">
      <b
        ><bdi>${name}</bdi>${mine ? html`<em>${w.common.you}</em>` : nothing}${
          member.accountId === this.room.hostAccountId ? html`<em class="host">${w.room.host}</em>` : nothing
        }</b
      >
      <span class="deeds">
        ${member.bot ? nothing : html`<mp-befriend .who=${member.accountId} .name=${member.name}></mp-befriend>`}
        ${
          ranked
            ? html`<button
                class="quiet icon small"
                aria-label=${t.up(name)}
                title=${t.up(name)}
                @click=${() => this.#raise(entrants, index)}
                >↑</button
              >`
            : nothing
        }
        ${
          this.#host && !mine
            ? html`<button
                class="quiet icon small"
                data-testid="room-kick"
                aria-label=${w.room.kickWhom(name)}
                title=${w.room.kickWhom(name)}
                @click=${() => void this.#kick(member, name)}
                >${icons.close()}</button
              >`
            : nothing
        }
      </span></li
    >`;
  }

  #people(title: string, id: string, members: readonly Member[], ordered: boolean): TemplateResult | typeof nothing {
    if (!members.length) return nothing;
    const lines = members.map((member, index) => this.#member(member, members, ordered ? index : 0));
    return html`<h2>${title}</h2>${
        ordered
          ? html`<ol class="bench ranked" data-testid=${id}
              >${lines}</ol
            >`
          : html`<ul class="bench" data-testid=${id}
              >${lines}</ul
            >`
      }`;
  }

  protected override render(): TemplateResult {
    const { room } = this;
    const w = messages();
    const t = tournamentMessages();
    const { tournament } = room;
    const entrants = room.members.filter(({ seated }) => seated);
    const waiting = room.members.filter((member) => member.waiting);
    const others = room.members.filter((member) => !member.seated && !member.waiting);
    const me = room.members.find(({ accountId }) => accountId === account.value?.accountId);
    const hostStarts = this.#host || tournament?.startsUnixMs ? "" : t.hostStarts;
    const when = tournament?.startsUnixMs ? whenText(tournament.startsUnixMs) : "";
    const enough = entrants.length >= 2;
    const free = (tournament?.capacity || room.capacity) - entrants.length;
    return html` <header class="title"
        ><h1><bdi>${tournament?.spec?.title}</bdi></h1>
        <p class="hush"
          >${t.taken(entrants.length, tournament?.capacity || room.capacity)}${when ? ` · ${t.startsAt(when)}` : ""}</p
        ></header
      >
      <section class="actions" data-testid="room-actions">
        ${
          room.sessionId
            ? html`<a class="button strong" href=${`/tournament/${room.sessionId}`} data-testid="room-to-tournament"
                >${me?.seated ? w.room.toMatch : w.common.watch}</a
              >`
            : html` ${
                  this.#host
                    ? html`<button
                        class=${enough ? "button strong" : "button"}
                        data-testid="room-start"
                        ?disabled=${!enough}
                        @click=${() => this.#do({ case: "start", value: {} } as Command)}
                        >${t.startNow}</button
                      >`
                    : nothing
                }
                <p class="hush" aria-live="polite">${enough ? hostStarts : t.needTwo}</p>
                ${
                  me
                    ? html`<button
                        class="quiet"
                        data-testid="room-bench"
                        @click=${() =>
                          this.#do({ case: "setSeat", value: { seated: !(me.seated || me.waiting) } } as Command)}
                        >${me.seated || me.waiting ? t.watchOnly : t.takePart}</button
                      >`
                    : nothing
                }`
        }
      </section>
      <div class="pair"
        ><div>
          <section class="panel">
            ${this.#people(t.ranking, "entrants", entrants, true)}
            ${this.#people(t.waitingList, "waiting", waiting, true)}
            ${this.#people(t.onlyWatching, "bench", others, false)}
            ${
              this.#host
                ? html`<div class="actions"
                    >${(
                      [
                        [BotStrength.EASY, w.bots.easy],
                        [BotStrength.MEDIUM, w.bots.medium],
                        [BotStrength.HARD, w.bots.hard],
                      ] as const
                    ).map(
                      ([strength, label]) =>
                        html` <button
                          class="button"
                          data-testid=${`add-bot-${strength}`}
                          title=${t.addBot}
                          @click=${() => this.#do({ case: "addBot", value: { strength } } as Command)}
                          >+ ${label}</button
                        >`,
                    )}
                    <button
                      class="button"
                      data-testid="fill-bots"
                      ?disabled=${!free || this.filling}
                      aria-busy=${this.filling}
                      @click=${() => void this.#fill(free)}
                      >${t.fill}</button
                    ></div
                  >`
                : nothing
            }
          </section>
          <mp-chat></mp-chat
        ></div>
        <div
          ><details class="panel settings" ?open=${this.#host}
            ><summary><h2>${t.tournamentSettings}</h2></summary>
            ${this.#host ? nothing : html`<p class="hush">${w.room.hostOnly}</p>`}
            <form
              class="stack"
              data-testid="tournament-settings"
              ?inert=${!this.#host}
              @change=${(e: Event) => this.#set(e)}
              @submit=${(e: Event) => e.preventDefault()}
            >
              <div class="grid"
                >${fields(
                  tournament?.spec,
                  tournament?.capacity || PLACES,
                  startAt(tournament?.startsUnixMs ?? 0n),
                )}</div
              >
            </form></details
          >
          ${this.rules}</div
        >
      </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-entrants": Entrants;
  }
}
