"""Development check: the figures that the tests of src/domain/statistics record, computed anew.

    python3 -m venv .venv && .venv/bin/pip install -r tests/reference/requirements.txt
    .venv/bin/python tests/reference/statistics.py

Nothing of this is needed to build, test or run Candour. Each line below is one recorded figure: what scipy or
statsmodels says, what the test says, and the tolerance. Exit code 1 when one differs.
"""

import sys

import numpy as np
from scipy.optimize import minimize
from scipy.stats import binomtest, chisquare
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

EXACT, ITERATIVE = 1e-9, 1e-6
failures = 0


def check(name, found, recorded, tolerance=EXACT):
    global failures
    fine = abs(found - recorded) <= tolerance * max(1.0, abs(recorded))
    failures += not fine
    print(f"{'ok  ' if fine else 'FAIL'} {name}: {float(found)!r}, recorded {recorded!r}")


def intervals():
    for events, people, low, high in [
        (65, 100, 0.5525444329688796, 0.7363575175690247),
        (1, 100, 0.001767432064140647, 0.05448619617870533),
        (222, 3215, 0.0607916903636366, 0.07833956681383633),
        (0, 12, 0.0, 0.24249400665524096),
        (7, 7, 0.6456695649333125, 1.0),
        (3, 11, 0.09746059290024889, 0.5656453011761292),
        (990, 7422, 0.12584160920031578, 0.1413121497133239),
        (499_999, 1_000_000, 0.4990190198938482, 0.5009789801138348),
    ]:
        found = proportion_confint(events, people, method="wilson")
        check(f"wilson {events}/{people} low", found[0], low)
        check(f"wilson {events}/{people} high", found[1], high)
    for first, second, low, high in [
        ((56, 70), (48, 80), 0.05243147240236498, 0.33387265403690614),
        ((10, 10), (0, 20), 0.6790860371419145, 1.0),
    ]:
        found = confint_proportions_2indep(*first, *second, compare="diff", method="newcomb")
        check(f"newcombe {first} {second} low", found[0], low)
        check(f"newcombe {first} {second} high", found[1], high)
    found = confint_proportions_2indep(30, 120, 25, 200, compare="ratio", method="log")
    check("katz low", found[0], 1.2374539627176933)
    check("katz high", found[1], 3.232443485182439)


def tests():
    z, p = proportions_ztest([45, 30], [120, 130])
    check("two proportions z", z, 2.486225790494234)
    check("two proportions p", p, 0.012910602270337726)
    fit = chisquare([30, 14, 34, 45, 57, 20], [20.0, 20.0, 30.0, 40.0, 60.0, 30.0])
    check("chi-square statistic", fit.statistic, 11.441666666666666)
    check("chi-square p", fit.pvalue, 0.04329313031580497)
    for successes, trials, share, recorded in [
        (7, 10, 0.5, 0.34375),
        (3, 40, 0.2, 0.04786946338839313),
        (60, 4000, 0.01, 0.0031242083123271727),
        (0, 5, 0.3, 0.33115),
        (1200, 4000, 0.28, 0.005112113259224611),
        (9, 9, 0.9, 1.0),
        (250_300, 1_000_000, 0.25, 0.4884223808049425),
        (61, 100_000, 0.0005, 0.11944032709668477),
        (25_500, 100_000, 0.25, 0.0002682053028895759),
        (1_830, 7_342, 0.2593, 0.05030138531635973),
    ]:
        check(f"binomial {successes}/{trials} at {share}", binomtest(successes, trials, share).pvalue, recorded)
    adjusted = multipletests([0.01, 0.04, 0.03, 0.005, 0.5, 0.03], method="fdr_bh")[1]
    for index, recorded in enumerate([0.03, 0.048, 0.045, 0.03, 0.5, 0.045]):
        check(f"benjamini-hochberg {index}", adjusted[index], recorded)


def weights():
    """Raking is the solution of a convex problem: minimise sum(d exp(X b)) - t'b over b; weights are exp(X b)."""
    people = np.array([40.0, 30.0, 10.0, 35.0, 50.0, 100.0])
    rows, columns = [0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]
    design = np.zeros((6, 5))
    design[np.arange(6), rows] = 1
    design[np.arange(6), np.add(columns, 2)] = 1
    targets = np.array([120.0, 180.0, 100.0, 110.0, 90.0])
    value = lambda b: people @ np.exp(design @ b) - targets @ b
    slope = lambda b: design.T @ (people * np.exp(design @ b)) - targets
    solved = minimize(value, np.zeros(5), jac=slope, method="BFGS", options={"gtol": 1e-10, "maxiter": 10_000})
    found = np.exp(design @ solved.x)
    recorded = [1.510873734238356, 1.6318099443628122, 1.0610752299581392, 1.1304300180133073, 1.2209140333823127, 0.7938924770041861]
    for index, weight in enumerate(recorded):
        check(f"raking weight {index}", found[index], weight, ITERATIVE)
    base = (people @ found) ** 2 / (people @ found**2)
    check("effective base", base, 246.7537514101623, ITERATIVE)
    check("design effect", people.sum() / base, 1.073945172000681, ITERATIVE)


def response():
    asked, answered = np.array([500, 300, 200]), np.array([300, 120, 60])
    propensities = np.repeat(answered / asked, asked)
    check("R-indicator", 1 - 2 * propensities.std(ddof=1), 0.7500750863509953)


intervals()
tests()
weights()
response()
print(f"{failures} of the recorded figures differ")
sys.exit(failures > 0)
