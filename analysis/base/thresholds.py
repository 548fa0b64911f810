"""From how many articles or attacks on something is said: each number once, with its reason."""

# Of an outlet, for p-values, intervals and a place beside others (for tests, of its independent
# stories: copies count once): with fewer, one article that is unlike the rest decides, and an
# interval from so few covers much less than it says.
FEW_ARTICLES = 5

# In all, for samples drawn anew, rates an article, and two outlets for a truce to be believed:
# with fewer, each article can be left out in turn instead, which shows the same and more exactly.
MANY_ARTICLES = 20

# For a rate of attacks, by which a shorter silence is a pause: with fewer, chance moves the rate
# by more than a third (twice its standard error, 1 / √30).
MANY_ATTACKS = 30
