// Rounds with a best of their own: which ones a format has, what they are called, and the rows of the form about them.
import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { type TemplateResult, html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { GrandFinal, RoundBestOfSchema, Stage } from "../../../gen/matchpoint/v1/tournament_pb";
import { icons } from "../../components/icons";
import { type FormatName, type Spec, formatOf } from "./formats";
import { tournamentMessages } from "./labels";

type Length = MessageInitShape<typeof RoundBestOfSchema>;

/** A stage, and the round in it: from 1 upwards, from -1 (the last one) downwards, or 0 for all of them. */
type Place = readonly [Stage, number];

const STAGES: Record<FormatName, readonly Stage[]> = {
  single_elimination: [Stage.KNOCKOUT, Stage.THIRD_PLACE],
  double_elimination: [Stage.WINNERS, Stage.LOSERS, Stage.GRAND_FINAL],
  round_robin: [Stage.GROUP],
  swiss: [Stage.SWISS],
  groups: [Stage.GROUP, Stage.KNOCKOUT, Stage.THIRD_PLACE],
};

const TABLED: ReadonlySet<Stage> = new Set([Stage.GROUP, Stage.SWISS]);

/** Number of rounds of a knockout with `entrants` players. */
const depth = (entrants: number): number => Math.max(1, Math.ceil(Math.log2(entrants)));
/** Rounds in which everybody meets everybody. */
const meetings = (entrants: number): number => entrants - 1 + (entrants % 2);
const upTo = (rounds: number): number[] => Array.from({ length: Math.max(0, rounds) }, (_, index) => index + 1);

/** Rounds that the form offers for a number of places, the most wanted first. */
export function roundsOf(spec: Spec, places: number): Place[] {
  const kind = spec?.format?.kind;
  const ends = (rounds: number): Place[] => upTo(rounds).map((n) => [Stage.KNOCKOUT, -n]);
  const each = (stage: Stage, rounds: number): Place[] => upTo(rounds).map((n) => [stage, n]);
  const third: Place[] =
    kind?.case !== "doubleElimination" && (kind?.value as { thirdPlace?: boolean } | undefined)?.thirdPlace
      ? [[Stage.THIRD_PLACE, -1]]
      : [];
  const rounds = depth(places);
  switch (formatOf(spec)) {
    case "single_elimination":
      return [...ends(rounds), ...third];
    case "double_elimination":
      return [
        ...(kind?.case === "doubleElimination" && kind.value.grandFinal === GrandFinal.NONE
          ? []
          : [[Stage.GRAND_FINAL, 0] as const]),
        [Stage.WINNERS, -1],
        [Stage.LOSERS, -1],
        [Stage.WINNERS, 0],
        [Stage.LOSERS, 0],
        ...each(Stage.WINNERS, rounds - 1),
        ...each(Stage.LOSERS, 2 * rounds - 3),
      ];
    case "round_robin":
      return [[Stage.GROUP, -1], ...each(Stage.GROUP, meetings(places) - 1)];
    case "swiss":
      return [[Stage.SWISS, -1], ...each(Stage.SWISS, ((kind?.case === "swiss" && kind.value.rounds) || rounds) - 1)];
    case "groups": {
      const groups = (kind?.case === "groups" && kind.value.groups) || Math.max(1, Math.round(places / 4));
      return [
        [Stage.KNOCKOUT, 0],
        ...ends(Math.min(rounds - 1, 4)),
        ...third,
        ...each(Stage.GROUP, meetings(Math.ceil(places / groups))),
      ];
    }
  }
}

/** Name of a round. */
export function roundName([stage, at]: Place, format: FormatName): string {
  const w = tournamentMessages();
  const grouped = format === "groups" && stage === Stage.GROUP ? `${w.groupStage} · ` : "";
  if (stage === Stage.THIRD_PLACE || stage === Stage.GRAND_FINAL) return w.stage(stage, 1, 0);
  if (at === 0)
    return (
      { [Stage.KNOCKOUT]: w.wholeKnockout, [Stage.WINNERS]: w.wholeWinners, [Stage.LOSERS]: w.wholeLosers }[
        stage as number
      ] ?? `${grouped}${w.everyRound}`
    );
  if (at < 0 && (stage === Stage.KNOCKOUT || (at === -1 && !TABLED.has(stage)))) return w.stage(stage, 0, -1 - at);
  if (at < 0) return `${grouped}${w.beforeLast(-1 - at)}`;
  return `${grouped}${w.stage(stage === Stage.KNOCKOUT ? Stage.SWISS : stage, at, 1)}`;
}

const keyOf = ([stage, at]: Place): string => `${stage}/${at}`;
const placeOf = ({ stage, round, beforeLast }: Length): Place => [
  stage ?? Stage.UNSPECIFIED,
  beforeLast === undefined ? (round ?? 0) : -1 - beforeLast,
];

/** Values of the form's rows, without those of another format or of a part that is not played. */
export function lengthsOf(form: FormData, format: FormatName): Length[] {
  const third = form.get("third") !== null;
  const grand = Number(form.get("grandFinal")) !== GrandFinal.NONE;
  const best = form.getAll("lengthBest").map(Number);
  return form.getAll("lengthAt").flatMap((key, index): Length[] => {
    const [stage, at] = String(key).split("/").map(Number) as [Stage, number];
    if (
      !STAGES[format].includes(stage) ||
      (stage === Stage.THIRD_PLACE && !third) ||
      (stage === Stage.GRAND_FINAL && !grand)
    )
      return [];
    // A round that has only just been chosen is longer than the others.
    const bestOf = best[index] ?? (Number(form.get("bestOf")) === 3 ? 5 : 3);
    return [create(RoundBestOfSchema, at < 0 ? { stage, beforeLast: -1 - at, bestOf } : { stage, round: at, bestOf })];
  });
}

/** A row for each round that is otherwise, and one to choose another. They speak by the form's `change`. */
export function lengths(spec: Spec, places: number): TemplateResult {
  const w = tournamentMessages();
  const format = formatOf(spec);
  const set = spec?.bestOfRounds ?? [];
  const taken = set.map((length) => keyOf(placeOf(length)));
  const offered = roundsOf(spec, places);
  const all = [
    ...offered,
    ...set.map(placeOf).filter((place) => !offered.some((other) => keyOf(other) === keyOf(place))),
  ];
  const drop = (event: Event): void => {
    const select = (event.currentTarget as HTMLElement).parentElement!.querySelector("select")!;
    select.value = "";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    select.focus();
  };
  const row = (length: Length | undefined, index: number): TemplateResult => {
    const key = length && keyOf(placeOf(length));
    const name = length ? roundName(placeOf(length), format) : "";
    return html`<li>
      <select name="lengthAt" data-testid=${`set-lengthAt-${index}`} aria-label=${w.whichRound}>
        <option value="" .selected=${live(!key)}>${w.chooseRound}</option>
        ${all
          .filter((place) => keyOf(place) === key || !taken.includes(keyOf(place)))
          .map(
            (place) =>
              html`<option value=${keyOf(place)} .selected=${live(keyOf(place) === key)}
                >${roundName(place, format)}</option
              >`,
          )}
      </select>
      ${
        length
          ? html`<select name="lengthBest" data-testid=${`set-lengthBest-${index}`} aria-label=${`${name}: ${w.bestOf}`}
                >${[1, 3, 5].map(
                  (n) => html`<option value=${n} .selected=${live(n === length.bestOf)}>${w.best(n)}</option>`,
                )}</select
              >
              <button
                type="button"
                class="quiet icon"
                data-testid=${`drop-length-${index}`}
                aria-label=${w.dropRound(name)}
                title=${w.dropRound(name)}
                @click=${drop}
                >${icons.close()}</button
              >`
          : nothing
      }
    </li>`;
  };
  return html`<details class="fold wide"
    ><summary data-testid="set-lengths"
      >${w.lengths}${set.length ? html` <b class="digits">${set.length}</b>` : nothing}</summary
    >
    <ul class="lengths"
      >${[...set, undefined].map(row)}</ul
    ></details
  >`;
}
