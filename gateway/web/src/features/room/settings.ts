// Settings of a room: the rules of its matches, and whether it is listed. Only the host can change them.
import { type TemplateResult, html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import type { Room } from "../../../gen/matchpoint/v1/lobby_pb";
import type { Ruleset } from "../../../gen/matchpoint/v1/ruleset_pb";
import { openDrawer } from "../../components/drawer";
import { messages } from "../../i18n";
import { account } from "../../stores/account";
import type { Commands } from "./view";

type Settings = Pick<Ruleset, "pointsToWin" | "startSpeed" | "paddleHalfHeight" | "timeLimitS" | "directionsOnly">;

export function settings(room: Room, send: Commands["send"]): TemplateResult {
  const w = messages().room;
  const rules = room.ruleset;
  const host = room.hostAccountId === account.value?.accountId && !room.sessionId;
  const set = (change: Partial<Settings>, unlisted = room.unlisted): void => {
    const { $typeName: _, ...ruleset } = room.ruleset!;
    send({
      case: "setSettings",
      value: {
        ruleset: { ...ruleset, ...change },
        unlisted,
        ...(room.tournament ? { tournament: room.tournament } : {}),
      },
    });
  };
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
        @change=${(e: Event) => set({ [name]: Number((e.target as HTMLSelectElement).value) })}
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
        @change=${(e: Event) => set({ directionsOnly: (e.target as HTMLInputElement).checked })}
      />${w.directions}</label
    >
    <label class="check"
      ><input
        type="checkbox"
        data-testid="rule-unlisted"
        .checked=${live(room.unlisted)}
        ?disabled=${!host || (!!room.tournament && !!account.value?.guest && room.unlisted)}
        @change=${(e: Event) => set({}, (e.target as HTMLInputElement).checked)}
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
