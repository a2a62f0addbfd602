// Messages about tournaments in the language of the page. They are a part of their own, since few visits need them.
import { language, messages } from "../../i18n";
import { isolating } from "../../i18n/isolated";
import { type TournamentMessages, tournamentEn } from "./labels-en";
import { tournamentKo } from "./labels-ko";

/** A bot's name in the language of the page, with its number when there are several. */
export function botName(name: string): string {
  const bot = /^Bot \((easy|medium|hard)\)( \d+)?$/.exec(name);
  return bot ? `${messages().bots[bot[1] as "easy" | "medium" | "hard"]}${bot[2] ?? ""}` : name;
}

const catalogues = { en: isolating(tournamentEn), ko: isolating(tournamentKo) };

export const tournamentMessages = (): TournamentMessages => catalogues[language.value];
