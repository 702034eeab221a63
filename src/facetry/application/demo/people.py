"""The clients of the demo catalog: nobody who lives, at addresses that lead nowhere."""

from __future__ import annotations

from typing import NamedTuple

from facetry.domain.order import Address, Client

_MAIL = "example.com"


class Person(NamedTuple):
    """Somebody who orders: what they are called, and where they live."""

    first: str
    last: str
    street: str
    zip: str
    city: str
    country: str
    company: str = ""

    @property
    def email(self) -> str:
        """Return the e-mail address."""
        return f"{self.first}.{self.last}@{_MAIL}".lower().replace("é", "e").replace("ö", "oe").replace("'", "")

    @property
    def address(self) -> Address:
        """Return where orders go."""
        return Address(
            first_name=self.first,
            last_name=self.last,
            email=self.email,
            line_one=self.street,
            zip=self.zip,
            city=self.city,
            country=self.country,
        )

    def client(self, number: int, now: float) -> Client:
        """Return the client with a number, made at a Unix time."""
        return Client(
            reference=f"C-{1000 + number}",
            type="reseller" if self.company else "regular",
            name=f"{self.first} {self.last}",
            company=self.company,
            email=self.email,
            country_code=self.country,
            address=f"{self.street}, {self.zip} {self.city}",
            tags=("trade",) if self.company else (),
            discount=15.0 if self.company else None,
            created=now,
            updated=now,
        )


PEOPLE = (
    Person("Amelia", "Hart", "14 Orchard Row", "BA1 2QT", "Bath", "GB"),
    Person("Noah", "Bergström", "Vasagatan 9", "411 24", "Göteborg", "SE"),
    Person("Chloé", "Marchand", "3 rue des Lices", "35000", "Rennes", "FR"),
    Person("Daniel", "Okafor", "220 Linden Avenue", "19106", "Philadelphia", "US", "Okafor Fine Jewelry"),
    Person("Sofia", "Rossi", "Via dei Tigli 7", "40126", "Bologna", "IT"),
    Person("Lukas", "Weber", "Lindenstraße 22", "50674", "Köln", "DE"),
    Person("Maya", "Cohen", "81 Prospect Street", "06511", "New Haven", "US"),
    Person("Ethan", "Clarke", "5 Harbour View", "EH6 6PA", "Edinburgh", "GB"),
    Person("Ines", "Carvalho", "Rua do Carmo 18", "1200-093", "Lisboa", "PT"),
    Person("Hannah", "Vogel", "Am Markt 3", "99084", "Erfurt", "DE", "Goldschmiede Vogel"),
    Person("Liam", "O'Brien", "47 Quay Street", "H91 X2P8", "Galway", "IE"),
    Person("Grace", "Nakamura", "1190 Willow Glen Road", "97205", "Portland", "US"),
)
