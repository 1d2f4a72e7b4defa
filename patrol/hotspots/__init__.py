"""Where findings gather, given where anybody looked: statistics, surfaces, map layers."""
