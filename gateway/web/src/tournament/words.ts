// What is said about tournaments. Apart from the other words, since few visits need them.
import { Stage } from "../../gen/matchpoint/v1/tournament_pb";
import { language } from "../i18n";

const SHORT: Record<string, string> = {
  buchholz_cut_1: "BH-1", buchholz: "BH", sonneborn_berger: "SB", direct_encounter: "DE", head_to_head: "H2H", score_difference: "±", scored: "F",
};
const LONG: Record<string, string> = {
  buchholz_cut_1: "Buchholz without the lowest", buchholz: "Buchholz: points of all opponents", sonneborn_berger: "Sonneborn-Berger: points of those who were beaten",
  direct_encounter: "Who beat whom", head_to_head: "Points among those who are level", score_difference: "Difference of points", scored: "Points scored",
};
const LONG_KO: Record<string, string> = {
  buchholz_cut_1: "부흐홀츠 컷 1: 가장 낮은 상대를 뺀 상대 승점의 합", buchholz: "부흐홀츠: 모든 상대 승점의 합", sonneborn_berger: "존네보른-베르거: 이긴 상대 승점의 합",
  direct_encounter: "맞대결 결과", head_to_head: "동률끼리의 승점", score_difference: "득점과 실점의 차이", scored: "득점",
};

const en = {
  stage: (stage: Stage, round: number, toFinal: number): string => {
    switch (stage) {
      case Stage.KNOCKOUT:
        return toFinal === 0 ? "Final" : toFinal === 1 ? "Semi-finals" : toFinal === 2 ? "Quarter-finals" : `Round of ${2 ** (toFinal + 1)}`;
      case Stage.WINNERS:
        return toFinal === 0 ? "Winners final" : `Winners round ${round}`;
      case Stage.LOSERS:
        return toFinal === 0 ? "Losers final" : `Losers round ${round}`;
      case Stage.GRAND_FINAL:
        return round === 1 ? "Grand final" : "Decider";
      case Stage.THIRD_PLACE:
        return "Third place";
      default:
        return `Round ${round}`;
    }
  },
  group: (n: number) => `Group ${String.fromCharCode(64 + n)}`,
  winnerOf: (n: number) => `Winner of ${n}`, loserOf: (n: number) => `Loser of ${n}`, nobody: "—", bracket: "Bracket",
  fit: "Show all", nearer: "Zoom in", farther: "Zoom out", follow: "Follow", followWhom: "Follow a player", everybody: "Everybody",
  on: "on now", called: "called", won: (name: string) => `${name} won`, upNext: "not played yet", open: "open", pairing: (n: number) => `Pairing ${n}`,
  watching: (n: number) => `${n} watching`, nothingOn: "Nothing is on right now.", moreOn: (n: number) => `and ${n} more`,
  place: "Place", entrant: "Player", bye: "bye", standings: "Standings",
  columns: [["P", "Played"], ["W", "Won"], ["D", "Drawn"], ["L", "Lost"], ["±", "Difference of points"], ["Pts", "Tournament points"]],
  tiebreak: (name: string): string => SHORT[name] ?? name, tiebreakLong: (name: string): string => LONG[name] ?? name,
};

const ko: typeof en = {
  stage: (stage, round, toFinal) => {
    switch (stage) {
      case Stage.KNOCKOUT:
        return toFinal === 0 ? "결승" : toFinal === 1 ? "준결승" : `${2 ** (toFinal + 1)}강`;
      case Stage.WINNERS:
        return toFinal === 0 ? "승자조 결승" : `승자조 ${round}라운드`;
      case Stage.LOSERS:
        return toFinal === 0 ? "패자조 결승" : `패자조 ${round}라운드`;
      case Stage.GRAND_FINAL:
        return round === 1 ? "최종 결승" : "최종 결승 재경기";
      case Stage.THIRD_PLACE:
        return "3·4위전";
      default:
        return `${round}라운드`;
    }
  },
  group: (n) => `${String.fromCharCode(64 + n)}조`,
  winnerOf: (n) => `${n}번 승자`, loserOf: (n) => `${n}번 패자`, nobody: "—", bracket: "대진표",
  fit: "전체 보기", nearer: "확대", farther: "축소", follow: "따라가기", followWhom: "선수 따라가기", everybody: "전체",
  on: "경기 중", called: "호출됨", won: (name) => `${name} 승리`, upNext: "아직 안 했어요", open: "미정", pairing: (n) => `${n}번 대진`,
  watching: (n) => `${n}명 관전 중`, nothingOn: "지금 진행 중인 경기가 없어요.", moreOn: (n) => `그 밖에 ${n}경기`,
  place: "순위", entrant: "참가자", bye: "부전승", standings: "순위표",
  columns: [["경기", "치른 경기"], ["승", "이긴 경기"], ["무", "비긴 경기"], ["패", "진 경기"], ["득실", "득점과 실점의 차이"], ["승점", "승점"]],
  tiebreak: (name) => SHORT[name] ?? name, tiebreakLong: (name) => LONG_KO[name] ?? name,
};

export const tournamentWords = (): typeof en => (language.value === "ko" ? ko : en);
