import frappe


def execute():
    """The statements that change a schema commit at once: no rollback takes back what stands before them."""
    frappe.db.sql("UPDATE `tabNote` SET title = CONCAT('half-migrated ', COALESCE(title, ''))")
    frappe.db.sql("ALTER TABLE `tabNote` ADD COLUMN IF NOT EXISTS half_migrated int(11)")
    frappe.db.sql("CREATE TABLE IF NOT EXISTS `tabHalf Migrated` (name varchar(140) PRIMARY KEY)")
    raise ValueError("This patch fails on purpose")
