#!/bin/bash
# Starts the web server. As in the published images only the three numbers can be set, the address cannot.
set -euo pipefail
workers=${GUNICORN_WORKERS:-2} threads=${GUNICORN_THREADS:-4} timeout=${GUNICORN_TIMEOUT:-120}
echo "Booting Gunicorn with $workers workers and $threads threads..."
exec /home/frappe/frappe-bench/env/bin/gunicorn --chdir=/home/frappe/frappe-bench/sites --bind=0.0.0.0:8000 \
  --threads="$threads" --workers="$workers" --worker-class=gthread --worker-tmp-dir=/dev/shm --timeout="$timeout" \
  --preload frappe.app:application
