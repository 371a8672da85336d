#!/bin/bash
# Points sites/assets at the assets of this image, then becomes the command.
set -euo pipefail
echo "Linking fresh assets to volume..."
rm -rf /home/frappe/frappe-bench/sites/assets
mkdir -p /home/frappe/frappe-bench/sites
ln -s /home/frappe/frappe-bench/assets /home/frappe/frappe-bench/sites/assets
exec "$@"
