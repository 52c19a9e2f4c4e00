// Provisional: the members that the models need until the full set lands. Whoever lands the full set deletes this file.
using TorchSharp.Interop;
namespace TorchSharp;
public static partial class torch
{
    private static readonly Op T_stack=new("stack"), T_cat=new("cat");
    public static Tensor stack(Tensor[] tensors, long dim=0)=>T_stack.Call(tensors,dim);
    public static Tensor cat(Tensor[] tensors, long dim=0)=>T_cat.Call(tensors,dim);
    private static unsafe Tensor FromBytes<T>(T[] a, ScalarType t) where T: unmanaged { var r=empty(new long[]{a.Length},dtype:t); System.Runtime.InteropServices.MemoryMarshal.AsBytes(a.AsSpan()).CopyTo(r.bytes); return r; }
    public static Tensor tensor(float[] dataArray, ScalarType? dtype=null, Device? device=null, bool requires_grad=false, string[]? names=null)=>FromBytes(dataArray,ScalarType.Float32);
    public static Tensor tensor(long[] dataArray, ScalarType? dtype=null, Device? device=null, bool requires_grad=false, string[]? names=null)=>FromBytes(dataArray,ScalarType.Int64);
    public static Tensor tensor(byte[] dataArray, ScalarType? dtype=null, Device? device=null, bool requires_grad=false, string[]? names=null)=>FromBytes(dataArray,ScalarType.Byte);
    public partial class Tensor
    {
        private static readonly Op O_fill=new("fill_","Scalar"),O_zero=new("zero_"),O_contig=new("contiguous"),O_select=new("select","int"),O_unsq=new("unsqueeze"),O_sq=new("squeeze","dim"),O_flat=new("flatten","using_ints"),O_copy=new("copy_"),O_to=new("to","dtype"),O_tod=new("to","device"),O_clone=new("clone"),O_reshape=new("reshape"),O_narrow=new("narrow"),O_view=new("view"),O_perm=new("permute"),O_tr=new("transpose","int"),O_exp=new("expand"),O_chunk=new("chunk"),O_mean=new("mean"),O_meand=new("mean","dim"),O_sumd=new("sum","dim_IntList"),O_sum=new("sum"),O_flip=new("flip"),O_rep=new("repeat"),O_med=new("median"),O_max=new("max"),O_min=new("min"),O_detach=new("detach");
        public unsafe Span<byte> bytes { get { var n=numel()*ElementSize; return n==0?default:new Span<byte>((void*)Native.dk_data_ptr(Handle),(int)n);} }
        public Tensor detach()=>O_detach.Call(this);
        public Tensor cpu(bool disposeAfter=false)=>to(CPU);
        public unsafe double ToDouble(){ using var s=NewDisposeScope(); var d=to(ScalarType.Float64).contiguous(); return System.Runtime.InteropServices.MemoryMarshal.Read<double>(d.bytes);} 
        public float ToSingle()=>(float)ToDouble();
        public bool ToBoolean()=>ToDouble()!=0;
        public Tensor fill_(Scalar value)=>O_fill.CallInPlace(this,value);
        public Tensor zero_()=>O_zero.CallInPlace(this);
        public Tensor contiguous()=>O_contig.Call(this);
        public Tensor select(long dim,long index)=>O_select.Call(this,dim,index);
        public Tensor unsqueeze(long dim)=>O_unsq.Call(this,dim);
        public Tensor squeeze(long dim)=>O_sq.Call(this,dim);
        public Tensor flatten(long start_dim=0,long end_dim=-1)=>O_flat.Call(this,start_dim,end_dim);
        public Tensor copy_(Tensor source,bool nonBlocking=false)=>O_copy.CallInPlace(this,source,nonBlocking);
        public Tensor clone()=>O_clone.Call(this);
        public Tensor reshape(params long[] shape)=>O_reshape.Call(this,shape);
        public Tensor view(params long[] shape)=>O_view.Call(this,shape);
        public Tensor permute(params long[] p)=>O_perm.Call(this,p);
        public Tensor transpose(long dim0,long dim1)=>O_tr.Call(this,dim0,dim1);
        public Tensor expand(params long[] sizes)=>O_exp.Call(this,sizes);
        public Tensor repeat(params long[] sizes)=>O_rep.Call(this,sizes);
        public Tensor flip(params long[] dims)=>O_flip.Call(this,dims);
        public Tensor[] chunk(long chunks,long dim=0)=>O_chunk.CallList(this,chunks,dim);
        public Tensor narrow(long dim,long start,long length)=>O_narrow.Call(this,dim,start,length);
        public Tensor mean()=>O_mean.Call(this);
        public Tensor mean(long[] dimensions,bool keepdim=false,ScalarType? type=null)=>O_meand.Call(this,dimensions,keepdim);
        public Tensor sum(long a,long b)=>O_sumd.Call(this,new long[]{a,b});
        public Tensor sum()=>O_sum.Call(this);
        public Tensor sum(long[] dim,bool keepdim=false,ScalarType? type=null)=>O_sumd.Call(this,dim,keepdim);
        public Tensor median()=>O_med.Call(this);
        public Tensor to(ScalarType type,bool copy=false,bool disposeAfter=false,bool non_blocking=false)=>O_to.Call(this,type,non_blocking,copy);
        public Tensor to(Device device,bool copy=false,bool disposeAfter=false,bool non_blocking=false)=>O_tod.Call(this,device,dtype,non_blocking,copy);
    }
}
