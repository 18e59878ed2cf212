"""An attacker from outside: reads what Candour publishes, and bounds what it withholds by linear programming.

    python3 -m venv .venv && .venv/bin/pip install -r tests/attack/requirements.txt
    .venv/bin/python tests/attack/attack.py release target/release/candour [--staff 4000] [--sets 3]
    .venv/bin/python tests/attack/attack.py table SPEC.toml CELLS.csv

Shares no code with Candour: another language, and another solver (HiGHS). `make attack` runs both.

`release` runs the demo, signs in, and asks the API for every table of the release. The attacker is then told who works
where (the answers about themselves, which a personnel department has), and nothing else. For each question it solves
for **all options at once**: every answer of everybody is unknown, every published count is an equation. First come
tables that lie far apart; the sets that look narrowest in them get programmes of their own. `table` does the same for
the cells that `candour protect` wrote.

Exit code 1 when a count of 1 to 10 people is known to less than it should be.
"""

import argparse
import collections
import csv
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.parse
import urllib.request

import numpy as np
import scipy.sparse as sparse
from scipy.optimize import linprog

THRESHOLD, WIDTH = 11, 3
EASE = 1e-6


class System:
    """Unknown counts between 0 and `most`, and equations."""

    def __init__(self, most):
        self.most = np.array([np.inf if value is None else value for value in most], float)
        self.rows, self.values = [], []

    def equation(self, members, value):
        self.rows.append(sorted(members))
        self.values.append(value)

    def matrix(self, sets):
        places = [(row, member) for row, members in enumerate(sets) for member in members]
        rows, columns = zip(*places) if places else ((), ())
        return sparse.csr_matrix((np.ones(len(places)), (rows, columns)), shape=(len(sets), len(self.most)))

    def optimum(self, costs):
        bounds = np.column_stack([np.zeros(len(self.most)), self.most])
        found = linprog(costs, A_eq=self.matrix(self.rows), b_eq=self.values, bounds=bounds, method="highs")
        if found.status == 3:
            return None, -np.inf
        if found.status:
            sys.exit(f"no table has all the published counts: {found.message}")
        return found.x, found.fun

    def bounds(self, members):
        costs = np.zeros(len(self.most))
        costs[members] = 1
        low, high = self.optimum(costs)[1], -self.optimum(-costs)[1]
        return int(np.ceil(max(low, 0) - EASE)), high if np.isinf(high) else int(np.floor(high + EASE))


def narrowest(system, sets, needed, rounds, tries, seed=1):
    """The sets that look least open in some tables far apart, each with bounds by programmes of its own."""
    dice, matrix = np.random.default_rng(seed), system.matrix(sets)
    low, high = np.full(len(sets), np.inf), np.full(len(sets), -np.inf)
    for round_ in range(rounds):
        lacking = np.maximum(needed - (np.floor(high + EASE) - np.ceil(low - EASE)), 0) if round_ else np.ones(len(sets))
        if not lacking.any():
            break
        up = dice.random(len(sets)) < 0.5 if round_ < 2 else (low < 1)
        weights = np.where(lacking > 0, dice.random(len(sets)), 0) * np.where(up, 1.0, -1.0)
        table, _ = system.optimum(-(matrix.T @ weights))
        if table is None:
            break
        low, high = np.minimum(low, matrix @ table), np.maximum(high, matrix @ table)
    seen = np.floor(high + EASE) - np.ceil(low - EASE)
    worst = sorted(range(len(sets)), key=lambda at: (seen[at] - needed[at], at))[:tries]
    shown = int((seen >= needed).sum())
    return shown, [(at, *system.bounds(sets[at])) for at in worst]


# --- A release ---------------------------------------------------------------------------------------------------------


class Served:
    """The demo, served; `get` asks its API as somebody who may read reports."""

    PASSWORD, EMAIL = "a password of tests, quite long", "attacker@wickering.example"

    def __init__(self, binary, staff, folder):
        self.data = pathlib.Path(folder) / "data"
        port = os.environ.get("ATTACK_PORT", "18089")
        self.base = f"http://127.0.0.1:{port}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "CANDOUR__DATABASE__URL": f"sqlite://{self.data}/candour.sqlite3",
            "CANDOUR__SECURITY__SECRET": "a secret of tests, long enough for everybody",
            "CANDOUR__SECURITY__SECOND_FACTOR": "optional",
            "CANDOUR__SERVER__PORT": port,
            "CANDOUR__SERVER__PUBLIC_URL": self.base,
            "CANDOUR__MAIL__DIRECTORY": f"{folder}/mail",
            "CANDOUR__LOG__FILTER": "warn",
            "CANDOUR__API__REQUESTS_PER_MINUTE": "0",
        }
        self.binary = os.path.abspath(binary)
        made = self.run("demo", "--once", "--staff", str(staff), "--data-dir", str(self.data), "--format", "json")
        self.summary = json.loads(made)
        self.server = subprocess.Popen([self.binary, "serve"], env=self.environment)
        self.wait()
        link = self.run("account", "create", self.EMAIL, "--role", "hr_lead", "--organisation", "ZZ9").strip()
        urllib.request.build_opener(NoRedirect).open(
            urllib.request.Request(link, data=urllib.parse.urlencode({"password": self.PASSWORD}).encode())
        )
        body = json.dumps({"email": self.EMAIL, "password": self.PASSWORD}).encode()
        request = urllib.request.Request(f"{self.base}/api/v1/auth/token", body, {"content-type": "application/json"})
        self.token = json.load(urllib.request.urlopen(request))["access_token"]

    def run(self, *arguments):
        return subprocess.run([self.binary, *arguments], env=self.environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    def wait(self):
        for _ in range(200):
            try:
                return urllib.request.urlopen(f"{self.base}/readyz")
            except OSError:
                time.sleep(0.1)
        sys.exit("the server does not start")

    def get(self, path, **query):
        url = f"{self.base}/api/v1{path}?{urllib.parse.urlencode(query)}"
        for _ in range(50):
            try:
                return json.load(urllib.request.urlopen(urllib.request.Request(url, headers={"authorization": f"Bearer {self.token}"})))
            except urllib.error.HTTPError as error:
                if error.code != 429:
                    raise
                time.sleep(1)
        sys.exit("too many requests")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None

    def http_error_303(self, _request, answer, *_):
        return answer

    http_error_302 = http_error_303


def who_works_where(database, variables):
    """Categories of everybody who answered, which the attacker is taken to know; no other answer is read."""
    position = [{category["code"] for category in variable["categories"]} for variable in variables]
    for unit, answers in sqlite3.connect(database).execute(
        "select coarse_class, answers from responses where survey_id = (select survey_id from releases)"
    ):
        given = json.loads(answers)

        def chosen(question):
            answer = given.get(question)
            return answer["chosen"][0] if isinstance(answer, dict) and answer.get("chosen") else None

        fine = next((chosen(one) for one in given if re.fullmatch("ethnicity_(?!group).*", one) and chosen(one)), None)
        said = {
            "unit": [chosen("unit"), unit, "all"],
            "ethnicity": [fine, chosen("ethnicity_group"), "not_stated"],
            "pay_band": [chosen("pay_band"), "not_stated"],
            "staff_group": [chosen("staff_group"), "not_stated"],
        }
        yield tuple(
            next(code for code in [*said[variable["name"]], "all"] if code in known)
            for variable, known in zip(variables, position)
        )


def release(arguments):
    with tempfile.TemporaryDirectory() as folder:
        served = Served(arguments.binary, arguments.staff, folder)
        try:
            return attack_release(served, arguments)
        finally:
            served.server.terminate()
            served.server.wait()


def attack_release(served, arguments):
    survey = f"/surveys/{served.summary['release']['survey']}"
    about = served.get(f"{survey}/release")
    variables = about["variables"]
    parents = [{category["code"]: category["parent"] for category in variable["categories"]} for variable in variables]
    place = {variable["name"]: at for at, variable in enumerate(variables)}

    def levels(variable, code):
        while code is not None:
            yield code
            code = parents[variable][code]

    people = collections.Counter(who_works_where(served.data / "candour.sqlite3", variables))
    atoms = sorted(people)
    sizes = np.array([people[atom] for atom in atoms])
    groups = collections.defaultdict(set)
    for table in about["breakdowns"]:
        pair = [place[name] for name in table]
        for index, atom in enumerate(atoms):
            for a in levels(pair[0], atom[pair[0]]):
                for b in levels(pair[1], atom[pair[1]]):
                    groups[frozenset((v, c) for v, c in zip(pair, (a, b)) if c != "all")].add(index)
    small = {frozenset(members) for members in groups.values() if sizes[list(members)].sum() < THRESHOLD}
    small |= {frozenset([index]) for index in range(len(atoms)) if sizes[index] < THRESHOLD}
    small = sorted(map(sorted, small))
    print(f"{sizes.sum()} people in {len(atoms)} combinations of categories; {len(groups)} groups; {len(small)} sets of 1 to 10 people")

    sensitive = {
        question["id"]: question.get("sensitive")
        for section in tomllib.loads((pathlib.Path(__file__).parents[2] / "src/domain/questionnaire/built_in.toml").read_text())["section"]
        for question in section["question"]
    }
    shown = tried = 0
    worst, found = None, []
    for question in about["questions"]:
        if sensitive.get(question) is None or not sensitive[question]:
            continue
        published, options = {}, []
        for table in about["breakdowns"]:
            answer = served.get(f"{survey}/results", question=question, by=",".join(table))
            options = answer["options"]
            for line in answer["lines"]:
                if isinstance(line["counts"], list):
                    key = frozenset((place[name], code) for name, code in zip(answer["by"], line["categories"]) if code != "all")
                    published[frozenset(groups[key])] = line["counts"][: len(options)]
        width = len(options) + 1
        tied = collections.defaultdict(list)
        inside = collections.defaultdict(list)
        for at, members in enumerate(published):
            for member in members:
                inside[member].append(at)
        # Who is in the same published groups is one unknown to begin with; a set cuts it in two where it must.
        for index in range(len(atoms)):
            tied[tuple(inside[index])].append(index)
        system = System([int(sizes[index]) for index in range(len(atoms)) for _ in range(width)])
        for members, counts in published.items():
            rest = int(sizes[list(members)].sum()) - sum(counts)
            for option, count in enumerate([*counts, rest]):
                system.equation([index * width + option for index in members], count)
        for index in range(len(atoms)):
            system.equation(range(index * width, index * width + width), int(sizes[index]))
        asked = [options.index(code) for code in sensitive[question]]
        sets = [[index * width + option for index in members for option in asked] for members in small]
        needed = np.minimum(WIDTH, [sizes[members].sum() for members in small])
        began = time.time()
        open_, bounds = narrowest(system, sets, needed, arguments.rounds, arguments.sets)
        shown, tried = shown + open_, tried + len(bounds)
        for at, low, high in bounds:
            row = (int(high - low - needed[at]), int(high - low), question, [atoms[index] for index in small[at]], low, high)
            worst = row if worst is None else min(worst, row, key=lambda one: one[:2])
            if high - low < needed[at]:
                found.append(row)
        print(f"{question}: {len(published)} groups published; {open_} of {len(sets)} sets seen open; "
              f"{len(bounds)} bounded, narrowest {min(high - low for _, low, high in bounds)} people; {time.time() - began:.1f} s", flush=True)
    print(f"{shown} counts seen open, the {tried} that looked narrowest bounded; narrowest against what must be: {worst}")
    for row in found:
        print("TOO NARROW", row)
    return bool(found)


# --- A frequency table -------------------------------------------------------------------------------------------------


def table(arguments):
    specification = tomllib.loads(pathlib.Path(arguments.specification).read_text())
    policy = specification.get("policy", {})
    cells = list(csv.DictReader(open(arguments.cells, newline="", encoding="utf-8")))
    names = [variable["name"] for variable in specification["variable"]]
    # What lies in what is no secret: it is read off the file of counts, the counts are not.
    folder = pathlib.Path(arguments.specification).parent
    lies_in = {name: collections.defaultdict(set) for name in names}
    for row in csv.DictReader(open(folder / specification["input"]["file"], newline="", encoding="utf-8")):
        for variable in specification["variable"]:
            above = variable.get("parent", [])
            for level in [above] if isinstance(above, str) else above:
                lies_in[variable["name"]][row[level]].add(row[variable["name"]])
            lies_in[variable["name"]][row[variable["name"]]].add(row[variable["name"]])
    for name in names:
        lies_in[name]["Total"] = set().union(*lies_in[name].values())
    inner = [()]
    for name in names:
        inner = [(*one, code) for one in inner for code in sorted(lies_in[name]["Total"])]
    system = System([None] * len(inner))
    sets = []
    for cell in cells:
        members = [at for at, codes in enumerate(inner) if all(code in lies_in[name][cell[name]] for name, code in zip(names, codes))]
        if cell["status"] == "published":
            system.equation(members, int(cell["count"]))
        else:
            sets.append((members, [cell[name] for name in names]))
    spread, known = [], 0
    for members, codes in sets:
        low, high = system.bounds(members)
        spread.append((high - low, codes, low, high))
        known += low == high
    needed = max(1, policy.get("minimum_interval", 0))
    print(f"{len(cells)} cells, {len(sets)} withheld: all bounded; {known} determined; narrowest: {min(spread)[:2]}")
    too_narrow = [row for row in spread if row[0] < needed]
    for row in too_narrow:
        print("TOO NARROW", row)
    return bool(too_narrow)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    of_release = commands.add_parser("release")
    of_release.add_argument("binary")
    of_release.add_argument("--staff", type=int, default=4_000)
    of_release.add_argument("--sets", type=int, default=3, help="sets of each question that get programmes of their own")
    of_release.add_argument("--rounds", type=int, default=6, help="tables that lie far apart, for each question")
    of_release.set_defaults(attack=release)
    of_table = commands.add_parser("table")
    of_table.add_argument("specification")
    of_table.add_argument("cells")
    of_table.set_defaults(attack=table)
    arguments = parser.parse_args()
    sys.exit(arguments.attack(arguments))


if __name__ == "__main__":
    main()
