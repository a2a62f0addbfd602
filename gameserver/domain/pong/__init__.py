"""One file per game; each satisfies `gameserver.domain.match.records.Game`."""
