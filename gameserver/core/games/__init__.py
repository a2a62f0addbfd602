"""One file per game; each satisfies `gameserver.core.game.Game`."""
