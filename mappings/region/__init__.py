"""The regional model: what journal systems send and portals read."""
