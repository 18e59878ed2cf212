"""The tour of the API with a typed client that `run` generates from the OpenAPI document.

CANDOUR is the address of an installation, EMAIL and PASSWORD those of an HR lead.
"""

import os
import uuid

from candour_client import AuthenticatedClient, Client
from candour_client.api.access import issue_token
from candour_client.api.invitations import invite, participation
from candour_client.api.organisations import list_organisations, read_units
from candour_client.api.reports import representation
from candour_client.api.surveys import change_survey, create_survey, list_surveys, open_survey, read_survey
from candour_client.api.workforce import replace_workforce
from candour_client.models import InviteeBody, NewSurveyBody, ProblemBody, SignIn, SurveyChange, WorkforceCellView


def must(answer):
    """The answer, unless it is a problem; then what the service says of it."""
    if answer is None or isinstance(answer, ProblemBody):
        raise SystemExit(f"refused: {answer}")
    return answer


base = os.environ["CANDOUR"]
signed_in = must(issue_token.sync(client=Client(base), body=SignIn(os.environ["EMAIL"], os.environ["PASSWORD"])))
client = AuthenticatedClient(base, signed_in.access_token)

organisation = must(list_organisations.sync(client=client))[0]
units = must(read_units.sync(organisation.ods, client=client))
print(f"{organisation.name}: {len(units)} units")

key = str(uuid.uuid4())
new = NewSurveyBody(title="Race equality at work, by program")
survey = must(create_survey.sync(organisation.ods, client=client, body=new, idempotency_key=key))
again = must(create_survey.sync(organisation.ods, client=client, body=new, idempotency_key=key))
assert survey == again, "sent again, done once"

seen = read_survey.sync_detailed(survey.id, client=client)
tag = seen.headers["etag"]
title = SurveyChange(title="Race equality at work 2027")
must(change_survey.sync(survey.id, client=client, body=title, if_match=tag))
late = change_survey.sync(survey.id, client=client, body=title, if_match=tag)
assert isinstance(late, ProblemBody) and late.status == 412, late
print(f"a change to what was not seen: {late.type_}")

people = [InviteeBody(email=f"person{n}@example.org", unit=units[n % len(units)].code) for n in range(200)]
told = must(invite.sync(survey.id, client=client, body=people))
must(open_survey.sync(survey.id, client=client))
counts = must(participation.sync(survey.id, client=client))
print(f"{told.added} invited, {counts.answered} of {counts.invited} have answered")

cells = [
    WorkforceCellView(ethnic_category="A", headcount=300, pay_band="5", staff_group="nursing_and_midwifery"),
    WorkforceCellView(ethnic_category="H", headcount=120, pay_band="5", staff_group="nursing_and_midwifery"),
]
stored = replace_workforce.sync_detailed(organisation.ods, "2027-03-31", client=client, body=cells)
assert stored.status_code == 204, stored
report = must(representation.sync(organisation.ods, client=client, workforce="2027-03-31")).to_dict()
for line in report["groups"]:
    print(f"  {line['group']}: {line['workforce_share']:.1%} of staff, {line['population_share']:.1%} of the population")

page = list_surveys.sync_detailed(client=client, limit=1)
print(f"surveys: {len(page.parsed)} on the first page, the next at {page.headers.get('link')}")
