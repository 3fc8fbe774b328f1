"""Renders training images of text and user interfaces with headless Chromium.

`python -m nacre.render` is the command. `pages` lists what an image may show, `look` chooses its
colours and fonts, `words` its text, and `browser` turns HTML into pixels.
"""
