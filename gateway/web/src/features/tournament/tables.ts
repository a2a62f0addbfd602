// Tables of groups and of a Swiss, each tiebreak by its name; and the rounds beneath.
import { type TemplateResult, html, nothing } from "lit";
import { Side } from "../../../gen/matchpoint/v1/pong_pb";
import {
  type Pairing,
  PairingKind,
  PairingState,
  type Standing,
  Stage,
  TiebreakRules,
  TournamentPhase,
} from "../../../gen/matchpoint/v1/tournament_pb";
import { language } from "../../i18n";
import { tournamentMessages } from "./labels";
import { type Tournament, entrantAt, isDecided, isEmpty, meets } from "./model";

const TABLED = new Set([Stage.GROUP, Stage.SWISS]);

/** True if there is anything to show in tables. */
export const hasTables = (tournament: Tournament): boolean =>
  [...tournament.pairings.values()].some(({ stage }) => TABLED.has(stage));

/** True while groups are played. */
export const inGroups = (tournament: Tournament): boolean =>
  [...tournament.pairings.values()].some((pairing) => pairing.stage === Stage.GROUP && !isDecided(pairing));

/** A number of quarters or halves as people write it: 2½, 0.75. */
export function fraction(parts: number, of: 2 | 4): string {
  if (parts < 0) return `−${fraction(-parts, of)}`;
  const value = parts / of;
  if (Number.isInteger(value)) return String(value);
  if (value % 1 === 0.5) return `${Math.floor(value) || ""}½`;
  return value.toLocaleString(language.value, { maximumFractionDigits: 2 });
}

function line(
  tournament: Tournament,
  standing: Standing,
  names: readonly string[],
  followed: number | undefined,
): TemplateResult {
  const difference = standing.scored - standing.conceded;
  return html`<tr class=${standing.entrant === followed ? "mine" : ""}>
    <td class="place">${standing.place}</td><th scope="row"><bdi>${tournament.nameOf(standing.entrant)}</bdi></th>
    <td>${standing.played}</td><td>${standing.won}</td><td>${standing.drawn}</td><td>${standing.lost}</td>
    <td>${difference > 0 ? `+${difference}` : `${difference}`.replace("-", "−")}</td
    ><td class="total">${fraction(standing.halfPoints, 2)}</td> ${names.map((name) => {
      const tiebreak = standing.tiebreaks.find((each) => each.name === name);
      return html`<td>${tiebreak ? fraction(tiebreak.quarters, 4) : ""}</td>`;
    })}</tr
  >`;
}

/** By which edition of the rules ties are broken; nothing where none is named. */
function edition(rules: TiebreakRules | undefined): TemplateResult | typeof nothing {
  if (!rules) return nothing;
  const since = Date.UTC(rules === TiebreakRules.FIDE_2024 ? 2024 : 2026, rules === TiebreakRules.FIDE_2024 ? 7 : 2, 1);
  const date = new Intl.DateTimeFormat(language.value, { dateStyle: "long", timeZone: "UTC" }).format(since);
  return html`<p class="hint">${tournamentMessages().tiebreakRules(date)}</p>`;
}

function table(
  tournament: Tournament,
  lines: readonly Standing[],
  caption: string,
  followed: number | undefined,
): TemplateResult {
  const w = tournamentMessages();
  const names = [...new Set(lines.flatMap(({ tiebreaks }) => tiebreaks.map(({ name }) => name)))];
  return html`<div class="scroll"
      ><table class="standings">
        <caption>${caption}</caption>
        <thead
          ><tr
            ><th scope="col"><span class="unseen">${w.place}</span>#</th
            ><th scope="col">${w.entrant}</th>
            ${w.columns.map(([short, long]) => html`<th scope="col"><abbr title=${long}>${short}</abbr></th>`)}
            ${names.map(
              (name) => html`<th scope="col"><abbr title=${w.tiebreakLong(name)}>${w.tiebreak(name)}</abbr></th>`,
            )}</tr
          ></thead
        >
        <tbody>${lines.map((each) => line(tournament, each, names, followed))}</tbody>
      </table></div
    >
    ${names.length ? edition(tournament.standings?.tiebreakRules) : nothing}`;
}

function result(tournament: Tournament, pairing: Pairing): string {
  const live = tournament.live(pairing.pairing);
  if (live) return `${live.left} : ${live.right}`;
  if (pairing.state === PairingState.CALLED) return tournamentMessages().called;
  if (!isDecided(pairing)) return "–";
  if (pairing.kind === PairingKind.PLAYED && pairing.bestOf <= 1) {
    const last = pairing.matches[pairing.matches.length - 1]?.result;
    if (last) return `${last.left} : ${last.right}`;
  }
  if (pairing.kind === PairingKind.PLAYED) return `${pairing.left?.won ?? 0} : ${pairing.right?.won ?? 0}`;
  const sign = (side: Side): string => (pairing.winner === side ? "+" : "–");
  return `${sign(Side.LEFT)} : ${sign(Side.RIGHT)}`;
}

function pairingLine(
  tournament: Tournament,
  pairing: Pairing,
  followed: number | undefined,
  open: (pairing: number) => void,
): TemplateResult {
  const w = tournamentMessages();
  const name = (side: Pairing["left"]): string =>
    isEmpty(side) ? w.bye : (tournament.nameOf(entrantAt(side)) ?? w.open);
  const mine = followed !== undefined && meets(pairing, followed);
  const state = pairing.state === PairingState.PLAYING ? "on" : "";
  return html`<li
    ><button class=${`row ${state} ${mine ? "mine" : ""}`} @click=${() => open(pairing.pairing)}>
      <span class=${pairing.winner === Side.LEFT ? "won" : ""}><bdi>${name(pairing.left)}</bdi></span
      ><b class="digits">${result(tournament, pairing)}</b>
      <span class=${pairing.winner === Side.RIGHT ? "won" : ""}><bdi>${name(pairing.right)}</bdi></span></button
    ></li
  >`;
}

/** All tables, and the pairings of each round under them; `open` gets the number of a pairing that was chosen. */
export function tables(
  tournament: Tournament,
  followed: number | undefined,
  open: (pairing: number) => void,
): TemplateResult {
  const w = tournamentMessages();
  const pairings = [...tournament.pairings.values()].filter(({ stage }) => TABLED.has(stage));
  const groups = [...new Set(pairings.map(({ group }) => group))].sort((a, b) => a - b);
  const lines = tournament.standings?.lines ?? [];
  return html`${groups.map((group) => {
    const name = group ? w.group(group) : w.standings;
    const caption = tournament.status?.phase === TournamentPhase.REVIEW ? w.provisionally(name) : name;
    const here = pairings.filter((pairing) => pairing.group === group);
    const rounds = [...new Set(here.map(({ round }) => round))].sort((a, b) => b - a);
    const ours = group ? lines.filter((each) => each.group === group) : lines;
    // The round that is played now is what most people look for: it is open, the others are there to be opened.
    const current =
      rounds.find((round) =>
        here.some(
          (pairing) => pairing.round === round && (isDecided(pairing) || pairing.state === PairingState.PLAYING),
        ),
      ) ?? rounds[rounds.length - 1];
    return html`<section class="table panel" aria-label=${caption}>
      ${ours.length ? table(tournament, ours, caption, followed) : nothing}
      ${rounds.map(
        (round) =>
          html`<details ?open=${round === current}
            ><summary>${w.stage(Stage.SWISS, round, 0)}</summary>
            <ul class="rows"
              >${here
                .filter((pairing) => pairing.round === round)
                .map((pairing) => pairingLine(tournament, pairing, followed, open))}</ul
            ></details
          >`,
      )}
    </section>`;
  })}`;
}
