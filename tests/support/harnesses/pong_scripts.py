"""Matches made from a seed: rulesets, and inputs as wild as the rules allow."""

from random import Random

from gameserver.domain.pong.events import Goal
from gameserver.domain.pong.intents import Direction, Intent, Target
from gameserver.domain.pong.rules import SERVE_AFTER, H, M, Pong, fold, sdiv
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.values import NOBODY
from tests.support.harnesses.match import line_of, line_of_move

Script = list[tuple[int, int, Intent, int]]


def a_ruleset(random: Random) -> Ruleset:
    """Some ruleset within the ranges; short ones more often."""
    return Ruleset(
        points_to_win=random.choice([1, 2, 3, 5, 11, 21]),
        start_speed=random.randint(60_000, 200_000),
        paddle_half_height=random.choice([3_000, 7_500, 15_000, random.randint(3_000, 15_000)]),
        time_limit_s=random.choice([30, 60, 1_800]),
        sudden_death_s=random.choice([10, 120]),
    )


def script_of(ruleset: Ruleset, seed: int | bytes, random: Random) -> Script:
    """The inputs of a whole match, in the order of te.

    Each side goes for the ball more or less well, by direction or by target, and fidgets.
    """
    game = Pong(ruleset, seed)
    script: Script = []
    seqs, last = [0, 0], [0, 0]
    targets = not ruleset.directions_only and random.random() < 0.5
    while game.due:
        due, v = game.due, game.volley
        wanted: list[tuple[int, int, Intent]] = []
        side = due.side
        if side != NOBODY:
            start = max(v.t0, last[side]) + random.randint(0, 300_000)
            y1 = fold(v.y0 + sdiv(v.vy * (v.t1 - v.t0), M))
            aim = min(H, max(0, y1 + int(random.gauss(0, ruleset.paddle_half_height * 0.6))))
            if start <= due.t and targets:
                wanted.append((start, side, Target(aim)))
            elif start <= due.t:
                gap = aim - game.paddle(side, start)
                wanted.append((start, side, Direction(1 if gap > 0 else -1)))
                wanted.append((min(due.t, start + abs(gap) * M // 90_000), side, Direction(0)))
            other = 1 - side
            if random.random() < 0.3 and (begin := max(v.t0, last[other], SERVE_AFTER)) <= due.t:
                wanted.append((random.randint(begin, due.t), other, Direction(random.randint(-1, 1))))
        for te, who, intent in sorted(wanted, key=lambda w: w[0]):
            seqs[who] += 1
            last[who] = te
            script.append((who, te, intent, seqs[who]))
            game.admit(who, intent, te, seqs[who])
        game.decide()
    return script


def log_of(ruleset: Ruleset, seed: int | bytes, script: Script) -> list[str]:
    """Lines that the Python core makes of the inputs, as simulate.ts prints them."""
    game = Pong(ruleset, seed)
    log = [line_of(game.volley)]
    at = 0
    while game.due:
        while at < len(script) and script[at][1] <= game.due.t:
            side, te, intent, seq = script[at]
            move = game.admit(side, intent, te, seq)
            if move:
                log.append(line_of_move(move))
            at += 1
        events = game.decide()
        log += [line_of(event) for event in events]
        if any(isinstance(event, Goal) for event in events):
            log.append(f"H {game.state_hash()}")
    log.append(f"E {game.winner}")
    return log
