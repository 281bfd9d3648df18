"""What stands in each table, what it is for and how long it is kept, in words people read."""

from __future__ import annotations

from dataclasses import dataclass

from crm.errors import said


@dataclass(frozen=True, slots=True)
class Purpose:
    """What data is for, and the legal ground it stands on."""

    name: str
    basis: str


@dataclass(frozen=True, slots=True)
class Rule:
    """How long data is kept; 0 months is as long as the purpose lasts."""

    name: str
    said: str
    months: int


PURPOSES: dict[str, Purpose] = {
    "accounts": Purpose(
        said("Å slippe inn de som skal inn, og holde andre ute"),
        said("Berettiget interesse (personvernforordningen artikkel 6 nr. 1 f): sikker drift av systemet"),
    ),
    "accountability": Purpose(
        said("Å vise hvem som gjorde hva, så feil kan rettes og misbruk oppdages"),
        said("Rettslig plikt (artikkel 6 nr. 1 c, jf. artikkel 5 nr. 2 og 32)"),
    ),
    "codes": Purpose(
        said("Offentlige kodeverk; gjelder ingen personer"),
        said("Ikke personopplysninger"),
    ),
    "dealings": Purpose(
        said("Å holde kontakt med virksomheter og partnere om etablering og vekst"),
        said("Berettiget interesse (artikkel 6 nr. 1 f): kontakt med næringslivet"),
    ),
    "intake": Purpose(
        said("Å ta inn lister og kunne rette og angre det"),
        said("Berettiget interesse (artikkel 6 nr. 1 f): riktige opplysninger"),
    ),
    "matching": Purpose(
        said("Å foreslå hvem som bør møtes, og hvorfor"),
        said("Berettiget interesse (artikkel 6 nr. 1 f): kontakt med næringslivet"),
    ),
    "privacy": Purpose(
        said("Å oppfylle rettighetene folk har etter personvernforordningen, og kunne vise det"),
        said("Rettslig plikt (artikkel 6 nr. 1 c)"),
    ),
    "register": Purpose(
        said("Å ha ferske opplysninger om virksomheter fra Enhetsregisteret"),
        said("Berettiget interesse (artikkel 6 nr. 1 f): åpne registerdata"),
    ),
}
RULES: dict[str, Rule] = {
    "access": Rule(said("Hvem som så hva"), said("I 24 måneder."), months=24),
    "accounts": Rule(
        said("Brukere og det som hører til dem"), said("Så lenge brukeren har tilgang."), months=0
    ),
    "companies": Rule(said("Virksomheter og partnere"), said("Så lenge vi følger dem."), months=0),
    "contacts": Rule(
        said("Kontaktpersoner"),
        said("Til 24 måneder etter siste kontakt med personen eller virksomheten."),
        months=24,
    ),
    "export_files": Rule(said("Lister som er tatt ut"), said("I høyst 7 dager."), 0),
    "import_files": Rule(
        said("Opplastede regneark"), said("Til regnearket er tatt inn, og høyst 3 måneder."), months=3
    ),
    "import_rows": Rule(
        said("Rader fra regneark"), said("I 12 måneder, så innlesingen kan rettes og angres."), months=12
    ),
    "log": Rule(
        said("Loggen og oppfølginger"),
        said("Så lenge vi følger virksomheten. Navnet på personen går når personen går."),
        months=0,
    ),
    "matches": Rule(
        said("Behov, forslag og koblinger"),
        said("Så lenge modellen lærer av dem. Navn på personer går når personen går."),
        months=0,
    ),
    "proof": Rule(
        said("Bevis for hva vi har gjort for personvernet"), said("Så lenge systemet brukes."), months=0
    ),
    "public": Rule(said("Åpne registre og kodeverk"), said("Så lenge registeret viser det."), months=0),
    "short": Rule(said("Korte spor av bruk"), said("I 3 måneder."), months=3),
    "sign_in": Rule(said("Innlogginger"), said("I 6 måneder etter at de er avsluttet."), months=6),
    "trail": Rule(said("Sporet"), said("Verdiene i 60 måneder; at noe ble gjort, blir stående."), months=60),
}
HOLDINGS: dict[str, str] = {
    "access_file_links": said("Engangslenker til innsynsfiler"),
    "access_log": said("Hvem som så, søkte i eller tok ut opplysninger"),
    "consents": said("Samtykker og reservasjoner"),
    "erasures": said("Hva som er slettet, uten hvem det gjaldt"),
    "privacy_holds": said("Personer som må beholdes, og hvorfor"),
    "privacy_notices": said("Hvem som er informert, og hvordan"),
    "privacy_salt": said("Saltet som adresser gjøres ukjennelige med"),
    "processes": said("Programmets egne prosesser som er i gang"),
    "restrictions": said("Personer som er begrenset"),
    "retention_reviews": said("Personer som bør vurderes slettet"),
    "retention_runs": said("Når utløpte opplysninger ble ryddet bort"),
    "retention_settings": said("Hvor lenge opplysninger beholdes her"),
    "sealed_values": said("Opplysninger om begrensede personer, forseglet"),
    "suppressions": said("Adresser ingenting skal sendes til, gjort ukjennelige"),
    "access_links": said("Engangslenker for innlogging"),
    "activities": said("Loggen: samtaler, møter, besøk og notater"),
    "api_creations": said("Hva programmer har opprettet, så det ikke skjer to ganger"),
    "api_tokens": said("Nøkler som lar programmer handle for en bruker"),
    "backups": said("Sikkerhetskopiene som er laget om natta"),
    "api_windows": said("Hvor mye hvert program har spurt det siste minuttet"),
    "bulk_change_rows": said("Hva hver virksomhet var før en endring av mange"),
    "bulk_changes": said("Endringer av mange virksomheter"),
    "calendar_feeds": said("Hemmelige adresser til kalendere"),
    "campaign_companies": said("Hvilke virksomheter som står på faste lister"),
    "campaigns": said("Faste lister av virksomheter"),
    "companies": said("Virksomheter; et enkeltpersonforetak heter som sin innehaver"),
    "company_roles": said("Hva personer gjør i virksomheter"),
    "contacts": said("Kontaktpersoner"),
    "follow_ups": said("Oppfølginger"),
    "export_parts": said("Innholdet i lange lister som er tatt ut"),
    "exports": said("Hvilke lange lister som er tatt ut, av hvem og til hva"),
    "history": said("Sporet: hvem som endret hva, fra hva til hva"),
    "identities": said("Koblinger til innlogging hos andre"),
    "import_files": said("Regneark slik de ble lastet opp"),
    "import_rows": said("Radene i regneark som er tatt inn, også de som ble avvist"),
    "imports": said("Regneark som er tatt inn"),
    "industry_codes": said("Næringskoder"),
    "industry_successors": said("Hvilke næringskoder som avløste hvilke"),
    "introductions": said("Koblinger mellom virksomheter og behov"),
    "lead_segments": said("Satsingsområdene til virksomhetene vi følger"),
    "leads": said("Virksomheter vi følger"),
    "mails": said("E-post til brukere"),
    "match_runs": said("Rundene som finner forslag"),
    "municipalities": said("Kommuner"),
    "municipality_outlines": said("Kommunegrenser"),
    "need_segments": said("Satsingsområdene til behovene"),
    "company_pairs": said("Like virksomheter: hvilke to som kan være én"),
    "contact_pairs": said("Like personer: hvilke to som kan være én"),
    "past_roles": said("Hva personer gjorde i virksomheter før"),
    "pair_searches": said("Når det sist ble lett etter like oppføringer"),
    "merges": said("Sammenslåinger av like oppføringer, med det som trengs for å angre"),
    "needs": said("Hva partnerne trenger"),
    "offers": said("Hva virksomheter og partnere tilbyr"),
    "own_fields": said("Egne felt: hva de heter og hva de er for"),
    "own_values": said("Hva egne felt sier om virksomheter, personer og behov"),
    "pair_rules": said("Virksomheter som må eller aldri skal foreslås"),
    "partner_roles": said("Hva personer gjør hos partnere"),
    "passkeys": said("Passnøkler"),
    "partners": said("Partnere"),
    "pinned_views": said("Lister som noen har festet"),
    "postal_codes": said("Postnumre"),
    "procurement_codes": said("Koder for offentlige anskaffelser"),
    "prospects_set_aside": said("Virksomheter som ikke skal foreslås igjen"),
    "recovery_codes": said("Reservekoder for innlogging"),
    "register_events": said("Nytt fra registeret om virksomheter vi følger"),
    "register_feeds": said("Hvor langt registeret er lest"),
    "register_loads": said("Innlesinger av registeret"),
    "saved_views": said("Lagrede lister"),
    "second_factors": said("Apper for engangskoder"),
    "segment_industries": said("Næringene i satsingsområdene"),
    "segments": said("Satsingsområder"),
    "sign_in_failures": said("Mislykkede innlogginger"),
    "sign_in_attempts": said("Påbegynte innlogginger"),
    "sub_units": said("Arbeidssteder i det nasjonale registeret"),
    "suggestions": said("Forslag: virksomhet til behov, og hvorfor"),
    "tidings": said("Det en innlesing av registeret har endret, til resten av programmet har fått vite det"),
    "trials": said("Prøver av modellen"),
    "units": said("Enheter i det nasjonale registeret; et enkeltpersonforetak heter som sin innehaver"),
    "user_sessions": said("Innlogginger"),
    "users": said("Brukere av programmet"),
    "week_capacities": said("Hvor mange forslag hver kan ta i uka"),
    "week_rules": said("Ukens regler"),
}
