#ifndef FRAPPECTL_PROJECT_QUOTA_H
#define FRAPPECTL_PROJECT_QUOTA_H

#include <stdint.h>

// Project quotas of Linux, as ext4 and XFS have them. Each function returns 0 or a value of errno.

// The project that an open file or directory counts for, 0 for none, and whether what is made in it counts for it too.
int frappectl_project_get(int file, uint32_t *project, int *inherits);
// Has an open directory and all files and directories in it count for a project, 0 for none; with it what is made there
// from the first moment on. No link is followed and no other file system entered. ELOOP where it is nested too deeply.
int frappectl_project_mark(int directory, uint32_t project);
// Bytes that a project may take, 0 for no limit, and bytes that it takes; device is the path of the block device.
int frappectl_quota_get(const char *device, uint32_t project, uint64_t *limit, uint64_t *used);
// The limit is rounded up to a KiB.
int frappectl_quota_set(const char *device, uint32_t project, uint64_t limit);

#endif
