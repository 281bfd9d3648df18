"""The table of rights: what each route asks for, written down apart from the code that asks.

A new route is added here, under the right it asks for, one line a part; the build fails until it is. ``OWN``
routes touch nothing but what belongs to the one who asks: another's record is not found there, whoever asks.
"""

from __future__ import annotations

from config import Config
from crm.app import create_app

RIGHTS: dict[str, str] = {
    "public": """
        about.accessibility
        accounts.accept accounts.by_link accounts.code accounts.forgotten accounts.openid_back
        accounts.openid_begin accounts.passkey_begin accounts.passkey_enter accounts.sign_in
        calendars.follow_ups
        health.show
        mail.ask_to_stop mail.stop
        metrics.show
    """,
    "signed_in": """
        about.more
        accounts.begin accounts.change_password accounts.choose_language accounts.choose_weekly_mail
        accounts.confirm accounts.end_one accounts.end_others accounts.make_token accounts.openid_connect
        accounts.openid_disconnect accounts.passkey_add accounts.passkey_new accounts.passkey_prove
        accounts.passkey_remove accounts.passkey_rename accounts.profile accounts.prove accounts.remove
        accounts.revoke_token accounts.show accounts.sign_out
        api.describe api.nowhere
    """,
    "activity:write": """
        activities.delete activities.edit activities.finish activities.new activities.plan_next
        activities.postpone activities.quick activities.reopen
        api.activities_change api.activities_create api.activities_remove api.follow_ups_change
        api.follow_ups_create api.follow_ups_finish api.follow_ups_reopen
        calendars.close calendars.open
        companies.log
        events.follow_up events.put_aside events.take_up_again
        partners.log
    """,
    "company:read": """
        activities.index
        api.activities_list api.activities_read api.colleagues_list api.colleagues_read api.companies_list
        api.companies_read api.contacts_list api.contacts_read api.follow_ups_list api.follow_ups_read
        api.introductions_list api.introductions_read api.matches_list api.matches_read api.needs_list
        api.needs_read api.partners_list api.partners_read
        board.column board.index
        duplicates.apart duplicates.index
        campaigns.index
        companies.add_filter companies.index companies.show companies.unit
        contacts.index contacts.show
        events.index
        matches.accuracy matches.index matches.introduction matches.introductions matches.progress
        matches.rules matches.to_introduction matches.trial matches.what_if
        needs.index needs.show needs.suggestions
        partners.index partners.show
        prospects.aside prospects.index prospects.new white_spots.index
        reporting.board reporting.index
        saved.create saved.delete saved.index saved.pin saved.share saved.unpin
        search.index
        start.index start.progress
        timeline.show
        week.follow_ups week.index week.quiet
    """,
    "company:write": """
        api.companies_change api.companies_create api.companies_follow api.companies_lead
        api.companies_move api.contacts_change api.contacts_create api.contacts_remove
        board.move
        campaigns.change campaigns.close campaigns.create campaigns.delete campaigns.put campaigns.remove
        cells.edit
        changes.create changes.index changes.preview changes.show changes.undo
        companies.add_offer companies.change_lead companies.change_reach companies.follow
        companies.follow_unit companies.move companies.new companies.set_cadence companies.unfollow
        fields.fill_company fields.fill_contact
        contacts.add_role contacts.delete contacts.edit contacts.informed contacts.new
        contacts.not_informed contacts.remove_role contacts.leave contacts.come_back
        duplicates.ask_again duplicates.keep_apart duplicates.typed_company duplicates.typed_person
        merges.choose merges.compare merges.index merges.merge merges.show merges.undo
        imports.answer imports.apply imports.change imports.choose imports.correct imports.discard
        imports.index imports.progress imports.read_otherwise imports.receive imports.rejects imports.show
        imports.undo
        prospects.bring_back prospects.follow prospects.put_aside
    """,
    "demo:remove": """
        start.confirm_removal start.load start.remove
    """,
    "field:write": """
        fields.edit fields.index fields.restore fields.retire
    """,
    "list:export": """
        exchange.choose exchange.companies exchange.discard exchange.fetch exchange.show exchange.take
    """,
    "match:answer": """
        api.introductions_move api.matches_answer api.matches_withdraw
        matches.answer matches.move matches.withdraw
    """,
    "operations:read": """
        upkeep.index
    """,
    "partner:write": """
        api.needs_change api.needs_create api.partners_change api.partners_create
        matches.use_text
        fields.fill_need
        needs.close needs.edit needs.new needs.reopen
        partners.add_offer partners.delete_offer partners.edit partners.edit_offer partners.new
        partners.restore_offer
    """,
    "privacy:erase": """
        privacy.erase privacy.hold privacy.lift privacy.release privacy.restrict
    """,
    "privacy:find": """
        privacy.agree privacy.find privacy.index privacy.kept privacy.object_to privacy.person privacy.touched
    """,
    "register:load": """
        register.index register.load register.stop
        start.fetch
    """,
    "round:run": """
        matches.run matches.try_out
        needs.search
    """,
    "rules:write": """
        matches.add_pair matches.capacity matches.change_rules matches.never matches.remove_pair
        matches.restore_pair matches.use_weights matches.usual_weights
    """,
    "user:manage": """
        accounts.close accounts.invite accounts.new_link accounts.reset_second_factor accounts.users
        mail.again mail.index mail.test
    """,
}
OWN = {"accounts.end_one", "accounts.revoke_token"}
WRITING_GETS = {
    "accounts.by_link",
    "accounts.openid_back",
    "accounts.openid_begin",
    "accounts.openid_connect",
    "exchange.companies",
}
"""docs/decisions/0003 tells why these write."""
ROLES: dict[str, str] = {
    "reader": "signed_in company:read",
    "developer": """
        signed_in company:read activity:write company:write list:export match:answer partner:write
        round:run""",
    "manager": """
        signed_in company:read activity:write company:write list:export match:answer partner:write round:run
        demo:remove field:write privacy:find rules:write""",
    "administrator": """
        signed_in company:read activity:write company:write list:export match:answer partner:write round:run
        demo:remove field:write privacy:erase privacy:find rules:write register:load
        user:manage operations:read""",
    "nobody": "",
    "closed": "",
}


def declared() -> dict[str, str]:
    """Each route's right; a route named twice is an error."""
    found = {route: right for right, routes in RIGHTS.items() for route in routes.split()}
    assert len(found) == sum(len(routes.split()) for routes in RIGHTS.values()), "a route stands twice"
    return found


def may(role: str, right: str) -> bool:
    return right == "public" or right in ROLES[role].split()


def routes() -> list[tuple[str, str]]:
    """Every endpoint and method of the program, read off its URL map."""
    made = create_app(Config(secret_key="x" * 40, env="test", offline=True))
    made.extensions["crm.database"].dispose()
    pairs = {
        (rule.endpoint, method)
        for rule in made.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    return sorted(pairs)
