"""Writes apps.txt and common_site_config.json of a bench; runs in sites/ of a one-shot container.

apps.txt is the union of what the image has and what is there: an app missing from it would let a migration delete
that app's tables. Keys of common_site_config.json that are not ours stay as they are.
"""
import json
import os


def replace(path, text):
    temporary = f".{path}.frappectl"
    with open(temporary, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def lines(path):
    try:
        with open(path) as file:
            return [line.strip() for line in file if line.strip()]
    except FileNotFoundError:
        return []


with open("/run/secrets/frappectl/input.json") as file:
    wanted = json.load(file)

apps = lines("apps.txt")
apps += [app for app in wanted["apps"] if app not in apps]
apps.sort(key=lambda app: app != "frappe")
replace("apps.txt", "\n".join(apps) + "\n")

try:
    with open("common_site_config.json") as file:
        config = json.load(file)
except (FileNotFoundError, ValueError):
    config = {}
for key in wanted["remove"]:
    config.pop(key, None)
config.update(wanted["config"])
replace("common_site_config.json", json.dumps(config, indent=1, sort_keys=True) + "\n")
print("apps:", ", ".join(apps))
