# Copies the assets of a bench image to /out with links followed; node_modules holds what the build needed, no page.
source=/home/frappe/frappe-bench/assets
[ -d "$source" ] || source=/home/frappe/frappe-bench/sites/assets
umask 022
tar --create --dereference --exclude=node_modules --directory "$source" . |
    tar --extract --no-same-owner --directory /out
