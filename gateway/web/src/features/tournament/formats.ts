// The formats of a tournament: what they are called, and how many they take.
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { TournamentSpec, TournamentSpecSchema } from "../../../gen/matchpoint/v1/tournament_pb";
import { tournamentMessages } from "./labels";

export type SpecInit = MessageInitShape<typeof TournamentSpecSchema>;
export type Spec = TournamentSpec | SpecInit | undefined;

const CASES = {
  single_elimination: "singleElimination",
  double_elimination: "doubleElimination",
  round_robin: "roundRobin",
  swiss: "swiss",
  groups: "groups",
} as const;
export type FormatName = keyof typeof CASES;
export const FORMATS = Object.keys(CASES) as FormatName[];

/** Fewest and most entrants. */
const TAKES: Record<FormatName, readonly [number, number]> = {
  single_elimination: [2, 64],
  double_elimination: [2, 64],
  round_robin: [2, 64],
  swiss: [2, 256],
  groups: [4, 64],
};

export function formatOf(spec: Spec): FormatName {
  const kind = spec?.format?.kind?.case;
  return FORMATS.find((name) => CASES[name] === kind) ?? "single_elimination";
}

/** Name of a format. */
export function formatName(format: FormatName): string {
  const w = tournamentMessages();
  return {
    single_elimination: w.single,
    double_elimination: w.double,
    round_robin: w.roundRobin,
    swiss: w.swiss,
    groups: w.groups,
  }[format];
}

/** Most entrants that a format takes. */
export const mostIn = (format: FormatName): number => TAKES[format][1];

/** Places that a form proposes. */
export const PLACES = 16;

/** Places that can be chosen. */
export const choosable = (format: FormatName): number[] =>
  [2, 4, 8, 16, 32, 64, 128, 256].filter((places) => places === placesIn(format, places));

/** So many places, as far as the format has them. */
export function placesIn(format: FormatName, places: number): number {
  const [least, most] = TAKES[format];
  return Math.min(most, Math.max(least, places));
}
