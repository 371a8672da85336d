"""A connection to a site's database, and the few tables everything else reads."""

import re

import pymysql

WRITE = re.compile(
    r"\s*(?:INSERT(?: IGNORE)? INTO|REPLACE INTO|UPDATE|DELETE FROM|TRUNCATE(?: TABLE)?"
    r"|(?:ALTER|DROP|CREATE) TABLE(?: IF(?: NOT)? EXISTS)?)\s+(?:`([^`]+)`|(\w+))",
    re.IGNORECASE,
)


def tls(conf):
    """Certificates for the way to the server, where the configuration names an authority (`db_ssl_ca`)."""
    names = {"ca": conf.db_ssl_ca, "cert": conf.db_ssl_cert, "key": conf.db_ssl_key}
    return {name: path for name, path in names.items() if path} if conf.db_ssl_ca else None


class Database:
    def __init__(self, host, port, user, password, name=None, tls=None):
        self.name = name
        self.connection = pymysql.connect(
            host=host, port=int(port or 3306), user=user, password=password or "", database=name, charset="utf8mb4",
            ssl=tls,
        )

    def sql(self, query, values=None, as_dict=False):
        self.note_touched(query)
        with self.connection.cursor(pymysql.cursors.DictCursor if as_dict else None) as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def note_touched(self, query):
        """During a migration every table that is written to is remembered."""
        from frappe.context import local

        if local.flags.touched_tables is not None and (match := WRITE.match(query)):
            local.flags.touched_tables.add(match[1] or match[2])

    def commit(self):
        self.connection.commit()

    def rollback(self):
        self.connection.rollback()

    def close(self):
        if self.connection.open:
            self.connection.close()

    def get_value(self, query, values=None):
        rows = self.sql(query, values)
        return rows[0][0] if rows else None

    def get_global(self, key):
        return self.get_value("SELECT defvalue FROM `tabDefaultValue` WHERE parent='__global' AND defkey=%s", (key,))

    def set_global(self, key, value):
        self.sql("DELETE FROM `tabDefaultValue` WHERE parent='__global' AND defkey=%s", (key,))
        self.sql(
            "INSERT INTO `tabDefaultValue` (name, parent, parenttype, defkey, defvalue) "
            "VALUES (%s, '__global', '', %s, %s)",
            (f"__global-{key}", key, value),
        )

    def get_single(self, doctype, field):
        return self.get_value("SELECT value FROM `tabSingles` WHERE doctype=%s AND field=%s", (doctype, field))

    def set_single(self, doctype, field, value):
        self.sql("DELETE FROM `tabSingles` WHERE doctype=%s AND field=%s", (doctype, field))
        self.sql("INSERT INTO `tabSingles` (doctype, field, value) VALUES (%s, %s, %s)", (doctype, field, value))

    def tables(self):
        return [row[0] for row in self.sql("SHOW TABLES")]

    def columns(self, table):
        return [row[0] for row in self.sql(f"SHOW COLUMNS FROM `{table}`")]
