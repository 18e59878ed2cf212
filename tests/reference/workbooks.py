"""Development check: the files of a release, opened by programs that did not write them.

    make workbooks

openpyxl opens the XLSX, odfpy the ODS, csv the rest; LibreOffice opens both workbooks where `soffice` is installed. Checked: both workbooks say the same as the CSV files, cell by cell, and
the CSV files the same as the API, answer by answer; a withheld line has no figure; every sheet has its title, one marked table with unique headings and no merged cell; no
cell is a formula. Exit code 1 when something differs.
"""

import csv
import io
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from odf.opendocument import load
from odf.table import DatabaseRange, Table, TableCell, TableRow
from odf.namespaces import OFFICENS, TABLENS
from openpyxl import load_workbook

problems = []


def check(fine, what):
    if not fine:
        problems.append(what)


def xlsx_sheets(data):
    book = load_workbook(io.BytesIO(data))
    sheets = {}
    for sheet in book.worksheets:
        check(not sheet.merged_cells.ranges, f"{sheet.title}: merged cells")
        check(isinstance(sheet["A1"].value, str), f"{sheet.title}: no title")
        if sheet.title == "Cover":
            continue
        check(len(sheet.tables) == 1, f"{sheet.title}: {len(sheet.tables)} tables")
        table = next(iter(sheet.tables.values()))
        check(table.autoFilter is None, f"{sheet.title}: filter buttons")
        rows = [[cell.value for cell in row] for row in sheet[table.ref]]
        check(len(set(rows[0])) == len(rows[0]), f"{sheet.title}: headings are not unique")
        check(all(cell is not None for row in rows for cell in row), f"{sheet.title}: empty cells")
        check(sheet.freeze_panes == "A4", f"{sheet.title}: headings do not stay")
        for row in sheet[table.ref]:
            check(all(cell.data_type in "sn" for cell in row), f"{sheet.title}: a formula or another kind of cell")
        sheets[sheet.title] = rows
    return sheets


def ods_sheets(data):
    book = load(io.BytesIO(data))
    ranges = {r.getAttribute("name") for r in book.getElementsByType(DatabaseRange)}
    sheets = {}
    for table in book.getElementsByType(Table):
        rows = []
        for row in table.getElementsByType(TableRow):
            cells = []
            for cell in row.getElementsByType(TableCell):
                check(cell.getAttrNS(TABLENS, "formula") is None, "a formula")
                value = cell.getAttrNS(OFFICENS, "value")
                cells.append(str(cell) if value is None else float(value))
            rows.append(cells)
        if table.getAttribute("name") != "Cover":
            sheets[table.getAttribute("name")] = rows[2:]
    check(len(ranges) == len(sheets), f"{len(ranges)} marked tables on {len(sheets)} sheets")
    return sheets


# Every sheet as a CSV file of its own: comma, quotes, UTF-8, values as they are and not as they are shown.
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"


def libreoffice_sheets(data, kind):
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, f"book.{kind}")
        book.write_bytes(data)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", "--headless", profile, "--convert-to", EVERY_SHEET, "--outdir", folder, str(book)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        sheets = {}
        for file in Path(folder).glob("book-*.csv"):
            rows = [[shown(cell) for cell in row] for row in csv.reader(file.read_text().splitlines(keepends=True))]
            sheets[file.stem.removeprefix("book-")] = rows[2:]
        return sheets


def shown(text):
    """LibreOffice writes a share as a percentage, with all its digits."""
    value = number(text.removesuffix("%"))
    return value / 100 if text.endswith("%") and isinstance(value, float) else number(text)


def opened_alike(name, rows, opened):
    check(len(rows) == len(opened), f"{name} in LibreOffice: {len(opened)} rows for {len(rows)}")
    for row, other in zip(rows, opened):
        for cell, seen in zip(row, other):
            if isinstance(cell, (int, float)):
                fine = isinstance(seen, float) and abs(cell - seen) <= 1e-9 * max(1, abs(cell))
            else:
                # Text that looks like a number reads like one in a CSV file.
                fine = str(seen) == cell or seen == number(cell)
            check(fine, f"{name} in LibreOffice: {seen!r} for {cell!r}")


def same(one, other):
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) < 1e-9
    return one == other


def compare(name, one, other):
    check(len(one) == len(other), f"{name}: {len(one)} and {len(other)} rows")
    for row, (left, right) in enumerate(zip(one, other)):
        check(len(left) == len(right) and all(map(same, left, right)), f"{name}, row {row}: {left} and {right}")


def number(text):
    try:
        return float(text)
    except ValueError:
        return text


def close(cell, text):
    value = number(text)
    if isinstance(cell, (int, float)) and isinstance(value, float):
        return abs(cell - value) <= 5.1e-5
    return cell == text


def same_as_api(file, lines, results):
    """Counts, bases and shares of a CSV file against what the API says of the same breakdown; gives how many were held."""
    head, by = lines[0], file.removeprefix("csv/").removesuffix(".csv").split("-")
    columns = [head.index(name) for name in by if name != "everybody"]
    said = {}
    for question, found in results.items():
        for line in found["lines"]:
            for place, option in enumerate(found["options"]):
                answer = line["answers"][place]
                said[(question, *line["categories"], option)] = answer if isinstance(answer, (int, float)) else "[c]", line
    question, answer, count, base, share = (head.index(name) for name in ("question", "answer", "count", "base", "share"))
    held = 0
    for row in lines[1:]:
        if row[answer] == "(favourable)":
            continue
        key = (row[question], *(row[column] for column in columns), row[answer])
        wanted, line = said.pop(key, (None, None))
        check(wanted is not None, f"{file}: the API has no {key}")
        check(same(number(row[count]), wanted), f"{file}: {row[count]} for {wanted}, {key}")
        if wanted != "[c]" and isinstance(line["base"], (int, float)):
            check(same(number(row[base]), line["base"]), f"{file}: base {row[base]} for {line['base']}, {key}")
            if isinstance(number(row[share]), float):
                check(abs(number(row[share]) - wanted / line["base"]) <= 5.1e-5, f"{file}: share {row[share]}, {key}")
        held += 1
    check(not said, f"{file} leaves out {next(iter(said), None)}")
    return held


archive = zipfile.ZipFile(sys.argv[1])
api = json.loads(Path(sys.argv[2]).read_text())
xlsx, ods = xlsx_sheets(archive.read("results.xlsx")), ods_sheets(archive.read("results.ods"))
check(set(xlsx) == set(ods), f"sheets differ: {set(xlsx) ^ set(ods)}")
cells = withheld = held = 0
for name in xlsx:
    compare(name, xlsx[name], ods[name])
for name, rows in xlsx.items():
    if not name.startswith("Answers by "):
        continue
    file = f"csv/{name.removeprefix('Answers by ').replace(' ', '_')}.csv"
    lines = list(csv.reader(io.StringIO(archive.read(file).decode())))
    check(len(lines) == len(rows), f"{file}: {len(lines)} lines, {len(rows)} rows")
    for line, row in zip(lines[1:], rows[1:]):
        check(all(map(close, row, line)), f"{file}: {line} and {row}")
    by = "" if file == "csv/everybody.csv" else file.removeprefix("csv/").removesuffix(".csv").replace("-", ",")
    held += same_as_api(file, lines, api[by])
    count, base, share = (lines[0].index(name) for name in ("count", "base", "share"))
    bases = {}
    for line in lines[1:]:
        cells += 1
        if line[count] == "[c]":
            withheld += 1
            check(not isinstance(number(line[share]), float), f"{file}: withheld, yet {line}")
        bases.setdefault((line[0], line[2]), []).append(line)
    # Of several answers, one may be published and another not; where none is, their base is not either.
    for group in bases.values():
        if all(line[count] == "[c]" for line in group):
            check(all(line[base] == "[c]" for line in group), f"{file}: withheld, yet {group[0]}")
opened = 0
if shutil.which("soffice"):
    for kind in ("xlsx", "ods"):
        sheets = libreoffice_sheets(archive.read(f"results.{kind}"), kind)
        check(set(sheets) == set(xlsx) | {"Cover"}, f"{kind} in LibreOffice: {set(sheets) ^ set(xlsx)}")
        for name in set(sheets) & set(xlsx):
            opened_alike(f"{name} ({kind})", xlsx[name], sheets[name])
            opened += 1
print(f"LibreOffice opened {opened} sheets" if opened else "LibreOffice is not installed; the rest was checked")
print(f"{len(xlsx)} sheets, {cells} answers, {withheld} of them withheld, {held} held against the API, {len(problems)} problems")
for problem in problems[:20]:
    print(problem)
sys.exit(bool(problems))
