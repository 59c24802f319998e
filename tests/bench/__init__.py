"""How fast it is, side by side with what others would be built with: `make bench`. Nothing here is collected by
`make test`, and no time is asserted: what is asserted is that everybody has done the work that was measured."""
