"""The shell: phone app page, service worker, manifest, home pages and the style guide."""
