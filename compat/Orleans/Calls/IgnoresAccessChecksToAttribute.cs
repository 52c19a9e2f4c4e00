namespace System.Runtime.CompilerServices;

/// <summary>The runtime knows it by name: the assembly that carries it may use the internals of the one named.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
