// Somebody comes in late, by the organiser: a bot, or a person whom this page knows.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { Bond } from "../../../gen/matchpoint/v1/friend_pb";
import { messages } from "../../i18n";
import { friends } from "../../stores/friends";
import { lobby } from "../../stores/lobby";
import type { Act } from "./connection";
import { tournamentMessages } from "./labels";
import { acceptsLateEntrants } from "./policy";
import { TournamentActionElement } from "./tournament-action";

/** By strength, from 1: no account is called so. */
const BOTS = ["bot-1", "bot-2", "bot-3"];

type Who = readonly [accountId: string, name: string];

@customElement("mp-late")
export class LateEntrantForm extends TournamentActionElement {
  @property({ type: Number }) revision = 0;
  @state() private said = "";
  protected override readonly signals = [friends.list, lobby.room];

  async #add(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const select = (event.target as HTMLFormElement).elements.namedItem("who") as HTMLSelectElement;
    const chosen = select.selectedOptions[0];
    if (!select.value || !chosen) return;
    // The server chooses their names.
    const strength = BOTS.indexOf(select.value) + 1;
    const value = { accountId: strength ? "" : select.value, botStrength: strength };
    this.said = "";
    if (!(await this.act({ case: "addEntrant", value } as Act))) return;
    this.said = this.invited ? tournamentMessages().isInvited(chosen.text) : tournamentMessages().cameIn(chosen.text);
    select.value = "";
  }

  #group(label: string, people: readonly Who[]): TemplateResult | typeof nothing {
    return people.length
      ? html`<optgroup label=${label}
          >${people.map(([accountId, name]) => html`<option value=${accountId}>${name}</option>`)}</optgroup
        >`
      : nothing;
  }

  protected override render(): TemplateResult | typeof nothing {
    const w = tournamentMessages();
    const { tournament, session } = this.connection;
    if (!acceptsLateEntrants(tournament)) return nothing;
    const { bots } = messages();
    const outside = (accountId: string): boolean => !tournament.entrantOf(accountId);
    const room = lobby.room.value?.sessionId === session ? lobby.room.value.members : [];
    const here = room
      .filter(({ accountId, bot }) => !bot && outside(accountId))
      .map(({ accountId, name }): Who => [accountId, name]);
    const known = friends
      .of(Bond.FRIEND)
      .filter(({ accountId }) => outside(accountId) && !here.some(([other]) => other === accountId))
      .map(({ accountId, name }): Who => [accountId, name]);
    return html`<form class="late" @submit=${(e: SubmitEvent) => void this.#add(e)}>
      <label class="field"
        >${w.late}<select name="who" required data-testid="late-who">
          <option value="">${w.lateWho}</option>
          ${this.#group(w.lateHere, here)}${this.#group(messages().friends.title, known)}
          ${this.#group(
            w.lateBots,
            [bots.easy, bots.medium, bots.hard].map((name, index): Who => [BOTS[index]!, name]),
          )}
        </select></label
      >
      <button class="button" data-testid="late-add" ?disabled=${this.busy}>${w.lateYes}</button>
      <p class="said" role="status" data-testid="late-said">${this.said}</p>
      <p class="trouble" role="alert" data-testid="late-trouble">${this.trouble}</p>
    </form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-late": LateEntrantForm;
  }
}
